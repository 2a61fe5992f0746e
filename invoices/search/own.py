"""Parts of the numbers that we make, such as `0042` in INV-100421: by arithmetic, without reading a row."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import islice

from invoices.models import Series
from invoices.search.numbers import DIGITS, joints, ordinals


def newest_with(series: Series, text: str, *, bound: int, limit: int) -> list[int]:
    """The `limit` highest ordinals below `bound` whose number `PREFIX-000001` has `text` in it, descending."""
    head = f"{series.prefix}-".lower()
    if text in head:
        return list(range(bound - 1, max(bound - 1 - limit, 0), -1))
    if series.kind == Series.Kind.EXTERNAL:
        return []
    found = [_falling(low, min(high, bound - 1)) for low, high in _after_head(head, text)]
    if _is_digits(text):
        found += [_with_digits(text, right, bound) for right in range(max(DIGITS, len(str(bound))))]
    return list(islice(_without_repeats(heapq.merge(*found, reverse=True)), limit))


def _after_head(head: str, text: str) -> Iterator[tuple[int, int]]:
    """The ranges of ordinals whose digits begin with what of `text` lies behind the prefix."""
    for length in joints(head, text):
        if _is_digits(text[length:]):
            yield from ordinals(text[length:])


def _with_digits(digits: str, right: int, bound: int) -> Iterator[int]:
    """The ordinals below `bound` that are written with `digits` and then `right` more digits, descending.

    Numbers have six digits with zeros in front, or more without: only the former can begin with `digits` that begin
    with a zero.
    """
    width = right + len(digits)
    step, least = 10**width, int(digits) * 10**right
    for head in range((bound - 1) // step, -1, -1):
        if head or width <= DIGITS or digits[0] != "0":
            low = head * step + least
            yield from _falling(low, min(low + 10**right - 1, bound - 1))


def _falling(low: int, high: int) -> Iterator[int]:
    return iter(range(high, max(low, 1) - 1, -1))


def _without_repeats(falling: Iterator[int]) -> Iterator[int]:
    before = None
    for ordinal in falling:
        if ordinal != before:
            yield ordinal
        before = ordinal


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
