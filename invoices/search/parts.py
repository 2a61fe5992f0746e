"""Parts of all other numbers: printed numbers, external ids, order references; by grams of four characters in each chunk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from invoices.models import Series
from invoices.search.rows import Wanted, part_of, part_of_document

GRAM = 4
# The rarest two of them narrow a chunk down to hardly more than the rows that have the whole number.
MOST_GRAMS = 6
LAST_CHARACTER = "\U0010ffff"
CHUNK_STEPS = (1, 4, 16, 10**9)

_GRAMS = """
SELECT chunk_id, gram, count, offsets IS NULL FROM invoices_numberpart
WHERE chunk_id = ANY(%(chunks)s) AND gram = ANY(%(grams)s) ORDER BY chunk_id, count, gram
"""
# Of a text of three characters: where a gram that begins with it is, and whether one is in too many rows to be kept.
_BEGINNINGS = """
SELECT chunk_id, %(low)s, sum(count), bool_or(offsets IS NULL) FROM invoices_numberpart
WHERE chunk_id = ANY(%(chunks)s) AND gram >= %(low)s AND gram < %(high)s GROUP BY chunk_id
"""
_FOUND = """
SELECT c.first + found.place
FROM unnest(%(chunks)s::bigint[], %(firsts)s::bigint[], %(ones)s::text[], %(others)s::text[]) AS c(id, first, one, other)
CROSS JOIN LATERAL (
    SELECT named.place FROM ({places}) AS named(place)
    JOIN invoices_invoice i ON i.series_id = %(series)s AND i.ordinal = c.first + named.place
    LEFT JOIN invoices_document d ON d.invoice_id = i.id
    WHERE c.first + named.place < %(bound)s AND ({condition}) ORDER BY named.place DESC LIMIT %(limit)s
) AS found ORDER BY 1 DESC LIMIT %(limit)s
"""
_OF_TWO = """
SELECT unnest(offsets) FROM invoices_numberpart WHERE chunk_id = c.id AND gram = c.one
INTERSECT SELECT unnest(offsets) FROM invoices_numberpart WHERE chunk_id = c.id AND gram = c.other
"""
_OF_BEGINNING = """
SELECT DISTINCT unnest(offsets) FROM invoices_numberpart
WHERE chunk_id = c.id AND gram >= c.one AND gram < c.other
"""
_OF_ALL = "SELECT generate_series(0, c.other::int)"


@dataclass(frozen=True, kw_only=True)
class Range:
    """A chunk of ordinals: its id, and its first and last ordinal."""

    id: int
    first: int
    last: int


# The ends of a place in a chunk: two grams, or the bounds of grams; None where the rows of the chunk are to be read.
Ends = tuple[str, str] | None


def find_parts(series: Series, wanted: Wanted, chunks: Sequence[Range], *, bound: int, limit: int) -> list[int]:
    """The highest ordinals below `bound` in `chunks`, the newest first, whose other numbers have the text in them."""
    is_beginning = len(wanted.number) < GRAM and wanted.is_part
    ends = _beginnings(wanted, chunks) if is_beginning else _grams(wanted, chunks)
    left, found = [chunk for chunk in chunks if chunk.id in ends], list[int]()
    for count in CHUNK_STEPS:
        step, left = left[:count], left[count:]
        for is_read, places in ((False, _OF_BEGINNING if is_beginning else _OF_TWO), (True, _OF_ALL)):
            those = [chunk for chunk in step if (ends[chunk.id] is None) == is_read]
            if those:
                found += _ask(series, wanted, those, ends, places, bound=bound, limit=limit)
        if len(found) >= limit or not left:
            break
    return sorted(set(found), reverse=True)[:limit]


def grams_of(text: str) -> list[str]:
    """Some grams of a text, far from each other, its beginning and its end among them."""
    last = max(len(text) - GRAM, 0)
    places = dict.fromkeys(round(last * place / (MOST_GRAMS - 1)) for place in range(MOST_GRAMS))
    return list(dict.fromkeys(text[place : place + GRAM] for place in places))


def _grams(wanted: Wanted, chunks: Sequence[Range]) -> dict[int, Ends]:
    """The ends of each chunk that has all grams of the text: the two that are in the fewest rows."""
    grams = grams_of(wanted.number)
    rows: defaultdict[int, list[tuple[str, bool]]] = defaultdict(list)
    for chunk, gram, _, is_everywhere in _fetch(_GRAMS, {"chunks": [each.id for each in chunks], "grams": grams}):
        rows[chunk].append((gram, is_everywhere))
    return {chunk: _rarest(found) for chunk, found in rows.items() if len(found) == len(grams)}


def _rarest(found: Sequence[tuple[str, bool]]) -> Ends:
    kept = [gram for gram, is_everywhere in found if not is_everywhere]
    return (kept[0], kept[min(1, len(kept) - 1)]) if kept else None


def _beginnings(wanted: Wanted, chunks: Sequence[Range]) -> dict[int, Ends]:
    low, high = wanted.number, wanted.number + LAST_CHARACTER
    scope = {"chunks": [each.id for each in chunks], "low": low, "high": high}
    return {chunk: None if is_everywhere else (low, high) for chunk, _, _, is_everywhere in _fetch(_BEGINNINGS, scope)}


def _ask(
    series: Series,
    wanted: Wanted,
    chunks: Sequence[Range],
    ends: dict[int, Ends],
    places: str,
    *,
    bound: int,
    limit: int,
) -> list[int]:
    pairs = [ends[chunk.id] or ("", str(chunk.last - chunk.first)) for chunk in chunks]
    scope = {
        "series": series.pk, "bound": bound, "limit": limit, "number": wanted.number,
        "chunks": [chunk.id for chunk in chunks], "firsts": [chunk.first for chunk in chunks],
        "ones": [one for one, _ in pairs], "others": [other for _, other in pairs],
    }  # fmt: skip
    printed = part_of("lower(i.printed_number)", wanted)
    own = part_of("lower(i.invoice_number)", wanted) if series.kind == Series.Kind.EXTERNAL else "false"
    condition = f"{printed} OR {own} OR {part_of_document(wanted)}"
    return [ordinal for (ordinal,) in _fetch(_FOUND.format(places=places, condition=condition), scope)]


def _fetch(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
