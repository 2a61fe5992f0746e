"""The newest invoices of a series that match a text, wherever among millions they lie.

A text is the beginning of a number, or words each of which begins a word of seller or buyer; any case, taken literally.
The newest rows are read one by one: what is common is found there, and so is what the search tables have not reached.
What is left is looked up by the parties' words, chunk after chunk, the newest first.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import connection

from invoices.models import Series
from invoices.models.search import Chunk
from invoices.search.numbers import SourceNumbers, beginning_with, printed_beginning_with

# Read row by row in any case: about five milliseconds.
NEWEST_ROWS = 2000
# Above that many parties of a word they are joined by the database instead of handed over.
MOST_PARTIES = 5000
CHUNK_STEPS = (1, 4, 16, 10**9)

_ROWS = """
SELECT ordinal FROM invoices_invoice WHERE series_id = %(series)s AND ordinal >= %(low)s AND ordinal < %(bound)s AND {where}
ORDER BY ordinal DESC LIMIT %(limit)s
"""
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
_PARTIES = "SELECT DISTINCT party_id FROM invoices_partyword WHERE rest LIKE lower({rest})"


def find(series: Series, text: str, *, bound: int, limit: int, by_names: bool = True) -> list[int]:
    """The `limit` highest ordinals below `bound` of invoices of `series` that match `text`, descending.

    Without `by_names`, only numbers are compared.
    """
    numbers = _by_number(series, text.strip(), bound, limit) + _by_printed(series, text.strip(), bound, limit)
    numbers = sorted(set(numbers), reverse=True)[:limit]
    if by_names and (len(numbers) < limit or numbers[-1] < bound - limit):
        numbers += _by_words(series, text.split(), bound, limit)
    return sorted(set(numbers), reverse=True)[:limit]


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


def _by_words(series: Series, words: list[str], bound: int, limit: int) -> list[int]:
    chunks = list(Chunk.objects.filter(series_id=series.pk).order_by("-first").values_list("id", "first", "last"))
    covered = chunks[0][2] if chunks else 0
    low = max(1, min(covered + 1, bound - NEWEST_ROWS))
    where, parameters = matching_rows(words)
    found = _ask(
        _ROWS.format(where=where), parameters | {"series": series.pk, "low": low, "bound": bound, "limit": limit}
    )
    below = [(id_, first) for id_, first, _ in chunks if first < low]
    if len(found) < limit and below:
        found += _in_chunks(words, below, bound=low, limit=limit - len(found))
    return found


def _in_chunks(words: list[str], chunks: list[tuple[int, int]], *, bound: int, limit: int) -> list[int]:
    """The highest ordinals below `bound` in `chunks` (id, first ordinal; newest first) that have all of `words`."""
    parameters: dict[str, Any] = {"bound": bound}
    for index, word in enumerate(dict.fromkeys(words)):
        condition, ids = _parties_of(index, word, parameters)
        if ids == []:
            return []
        parameters[f"sql{index}"] = _OF_WORD.format(parties=condition)
    statement = " INTERSECT ".join(parameters.pop(key) for key in list(parameters) if key.startswith("sql"))
    found: list[int] = []
    for count in CHUNK_STEPS:
        step, chunks = chunks[:count], chunks[count:]
        if len(found) < limit and step:
            scope = {"chunks": [id_ for id_, _ in step], "firsts": [first for _, first in step]}
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


def matching_rows(words: list[str]) -> tuple[str, dict[str, str]]:
    """The condition on a row for `words`, each of which begins a word of seller or buyer."""
    parameters, conditions = {}, []
    for index, word in enumerate(dict.fromkeys(words)):
        parameters[f"word{index}"] = word_pattern(word)
        conditions.append(f"(seller_name ~* %(word{index})s OR buyer_name ~* %(word{index})s)")
    return " AND ".join(conditions), parameters


def word_pattern(word: str) -> str:
    """A regular expression for what begins a word with `word`."""
    return rf"(^|[^[:alnum:]]){re.escape(word)}"


def like_prefix(text: str) -> str:
    """A LIKE pattern for what begins with `text`."""
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"


def _ask(statement: str, parameters: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [value for (value,) in cursor.fetchall()]
