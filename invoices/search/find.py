"""The newest invoices of a series that match a text, wherever among millions they lie.

A text is a part of a number, or words each of which begins a word of seller, buyer or product (`invoices.search.rows`).
Rows that the search tables have not reached are read. All others are looked up by words and by grams of numbers, chunk
after chunk, the newest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from invoices.models import Series
from invoices.models.search import Chunk
from invoices.search import own
from invoices.search.numbers import SourceNumbers, beginning_with, printed_beginning_with, spanning
from invoices.search.parts import CHUNK_STEPS, Range, find_parts
from invoices.search.rows import NEAR, Wanted, like_prefix, matching_rows, wanted_of

# A common beginning of a number is found in the newest rows.
NEWEST_ROWS = 1000
# Above that many parties of a word they are joined by the database instead of handed over.
MOST_PARTIES = 5000
NO_BOUND = 2**63 - 1

_ROWS = """
SELECT ordinal FROM invoices_invoice WHERE series_id = %(series)s AND ordinal >= %(low)s AND ordinal < %(bound)s AND {where}
ORDER BY ordinal DESC LIMIT %(limit)s
"""
_THERE = "SELECT ordinal FROM invoices_invoice WHERE series_id = %(series)s AND ordinal = ANY(%(ordinals)s)"
_RANGES = """
SELECT i.ordinal FROM unnest(%(lows)s::bigint[], %(highs)s::bigint[]) AS wanted(low, high)
CROSS JOIN LATERAL (
    SELECT ordinal FROM invoices_invoice WHERE series_id = %(series)s
    AND ordinal >= wanted.low AND ordinal <= wanted.high AND ordinal < %(bound)s ORDER BY ordinal DESC LIMIT %(limit)s
) i ORDER BY 1 DESC LIMIT %(limit)s
"""
_TEXT_RANGES = """
SELECT i.ordinal FROM unnest(%(lows)s::text[], %(highs)s::text[]) AS wanted(low, high)
JOIN invoices_invoice i ON i.invoice_number ~>=~ wanted.low AND i.invoice_number ~<~ wanted.high
WHERE series_id = %(series)s AND i.ordinal < %(bound)s AND invoice_number ILIKE %(number)s ORDER BY 1 DESC LIMIT %(limit)s
"""
_PRINTED_RANGES = """
SELECT i.ordinal FROM unnest(%(lows)s::text[], %(highs)s::text[]) AS wanted(low, high)
JOIN invoices_invoice i ON i.series_id = %(series)s AND i.printed_number <> ''
    AND i.printed_number ~>=~ wanted.low AND i.printed_number ~<~ wanted.high
WHERE i.ordinal < %(bound)s AND printed_number ILIKE %(number)s ORDER BY 1 DESC LIMIT %(limit)s
"""
_IN_CHUNKS = """
SELECT c.first + found.place FROM unnest(%(chunks)s::bigint[], %(firsts)s::bigint[]) AS c(id, first)
CROSS JOIN LATERAL (
    SELECT DISTINCT place FROM ({words}) AS named(place) WHERE c.first + place < %(bound)s ORDER BY place DESC LIMIT %(limit)s
) AS found ORDER BY 1 DESC LIMIT %(limit)s
"""
_OF_WORD = "SELECT unnest(offsets) FROM invoices_posting WHERE chunk_id = c.id AND party_id {parties}"
_PARTIES = "SELECT DISTINCT party_id FROM invoices_partyword WHERE rest LIKE {rest}"


def find(series: Series, text: str, *, bound: int, limit: int, by_names: bool = True) -> list[int]:
    """The `limit` highest ordinals below `bound` of invoices of `series` that match `text`, descending.

    Without `by_names`, only numbers are compared.
    """
    bound = series.last_ordinal + 1 if bound == NO_BOUND else bound
    wanted = wanted_of(text)
    numbers = _by_beginning(series, text.strip(), bound, limit)
    if wanted.is_part and not _are_newest(numbers, bound, limit):
        numbers = _merge(numbers + _by_part(series, wanted, bound, limit), limit)
    if by_names and not _are_newest(numbers, bound, limit):
        numbers += _by_index(series, wanted, bound, limit)
    return _merge(numbers, limit)


def _are_newest(found: Sequence[int], bound: int, limit: int) -> bool:
    """Whether no newer ones can be found."""
    return len(found) == limit and found[-1] >= bound - limit


def _merge(found: list[int], limit: int) -> list[int]:
    return sorted(set(found), reverse=True)[:limit]


def _by_beginning(series: Series, text: str, bound: int, limit: int) -> list[int]:
    return _merge(_by_number(series, text, bound, limit) + _by_printed(series, text, bound, limit), limit)


def _by_part(series: Series, wanted: Wanted, bound: int, limit: int) -> list[int]:
    """By a part of our own numbers, or of a prefix and a number of a source."""
    scope = {"series": series.pk, "bound": bound, "limit": limit}
    ordinals = own.newest_with(series, wanted.number, bound=bound, limit=limit)
    found = _ask(_THERE, scope | {"ordinals": ordinals}) if ordinals else []
    if (spans := spanning(series, wanted.number)) is not None and spans.ranges:
        lows, highs = (list(ends) for ends in zip(*spans.ranges, strict=True))
        pattern = "%" + like_prefix(wanted.number)
        found += _ask(_TEXT_RANGES, scope | {"lows": lows, "highs": highs, "number": pattern})
    return found


def _by_number(series: Series, text: str, bound: int, limit: int) -> list[int]:
    wanted = beginning_with(series, text)
    if wanted is None:
        return []
    scope = {"series": series.pk, "bound": bound, "limit": limit}
    lows, highs = (list(ends) for ends in zip(*wanted.ranges, strict=True)) if wanted.ranges else ([], [])
    if isinstance(wanted, SourceNumbers):
        pattern = like_prefix(text)
        low = max(0, bound - NEWEST_ROWS)
        newest = _ask(_ROWS.format(where="invoice_number ILIKE %(number)s"), scope | {"low": low, "number": pattern})
        if len(newest) == limit:
            return newest
        return _ask(_TEXT_RANGES, scope | {"lows": lows, "highs": highs, "number": pattern})
    return _ask(_RANGES, scope | {"lows": lows, "highs": highs})


def _by_printed(series: Series, text: str, bound: int, limit: int) -> list[int]:
    wanted = printed_beginning_with(series, text)
    if wanted is None:
        return []
    lows, highs = (list(ends) for ends in zip(*wanted.ranges, strict=True))
    scope = {"series": series.pk, "bound": bound, "limit": limit, "number": like_prefix(text)}
    return _ask(_PRINTED_RANGES, scope | {"lows": lows, "highs": highs})


def _by_index(series: Series, wanted: Wanted, bound: int, limit: int) -> list[int]:
    """By reading the rows that the search tables do not cover, and by these tables below them."""
    rows = Chunk.objects.filter(series_id=series.pk).order_by("-first").values_list("id", "first", "last")
    chunks = [Range(id=pk, first=first, last=last) for pk, first, last in rows]
    low = min(chunks[0].last + 1 if chunks else 1, bound)
    scope = wanted.parameters | {"series": series.pk, "low": low, "bound": bound, "limit": limit}
    found = _ask(NEAR.format(where=matching_rows(wanted)), scope)
    below = [chunk for chunk in chunks if chunk.first < low]
    if len(found) < limit and below:
        left = limit - len(found)
        if wanted.words:
            found += _in_chunks(wanted, below, bound=low, limit=left)
        found += find_parts(series, wanted, below, bound=low, limit=left)
    return found


def _in_chunks(wanted: Wanted, chunks: list[Range], *, bound: int, limit: int) -> list[int]:
    """The highest ordinals below `bound` in `chunks`, the newest first, that have all words."""
    parameters: dict[str, Any] = {"bound": bound}
    for index, word in enumerate(wanted.words):
        condition, ids = _parties_of(index, word, parameters)
        if ids == []:
            return []
        parameters[f"sql{index}"] = _OF_WORD.format(parties=condition)
    statement = " INTERSECT ".join(parameters.pop(key) for key in list(parameters) if key.startswith("sql"))
    found: list[int] = []
    for count in CHUNK_STEPS:
        step, chunks = chunks[:count], chunks[count:]
        if len(found) < limit and step:
            scope = {"chunks": [each.id for each in step], "firsts": [each.first for each in step]}
            limits = {"limit": limit - len(found)}
            found += _ask(_IN_CHUNKS.format(words=statement), parameters | scope | limits)
    return found


def _parties_of(index: int, word: str, parameters: dict[str, Any]) -> tuple[str, list[int] | None]:
    """The condition for the parties that have a word that begins so; and who they are, unless they are too many."""
    parameters[f"rest{index}"] = like_prefix(word)
    statement = _PARTIES.format(rest=f"%(rest{index})s")
    ids = _ask(f"{statement} LIMIT {MOST_PARTIES + 1}", parameters)
    if len(ids) > MOST_PARTIES:
        return f"IN ({statement})", None
    parameters[f"parties{index}"] = ids
    return f"= ANY(%(parties{index})s::bigint[])", ids


def _ask(statement: str, parameters: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [value for (value,) in cursor.fetchall()]
