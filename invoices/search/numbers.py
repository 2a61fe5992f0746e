"""Numbers by their beginning, in any case. Arithmetic for the numbers we make; the index of numbers for a source's own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from invoices.models import Series

DIGITS = 6
LETTERS_VARIED = 6
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, kw_only=True)
class OwnNumbers:
    """Ranges of ordinals, both ends within, the highest first."""

    ranges: list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class SourceNumbers:
    """Ranges of texts in the order of bytes, which hold all numbers that begin so in any case, and others."""

    ranges: list[tuple[str, str]]


EVERYTHING = OwnNumbers(ranges=[(1, 2**63 - 1)])


def beginning_with(series: Series, text: str) -> OwnNumbers | SourceNumbers | None:
    """The numbers of `series` that begin with `text`, as ranges to look up; None when there can be none."""
    head, folded = f"{series.prefix}-", text.lower()
    if head.lower().startswith(folded):
        return EVERYTHING
    if not folded.startswith(head.lower()):
        return None
    rest = text[len(head) :]
    if series.kind == Series.Kind.EXTERNAL:
        return SourceNumbers(ranges=_ranges(head, rest))
    return OwnNumbers(ranges=ordinals(rest)) if rest.isascii() and rest.isdigit() else None


def printed_beginning_with(series: Series, text: str) -> SourceNumbers | None:
    """The printed numbers of `series` that begin with `text`; None for a series that prints its invoice numbers."""
    has_own = series.kind == Series.Kind.EXTERNAL or series.pattern
    return SourceNumbers(ranges=_ranges("", text)) if has_own and text else None


def spanning(series: Series, text: str) -> SourceNumbers | None:
    """The numbers of an external series in which `text`, in small letters, spans an end of the prefix and a beginning."""
    if series.kind != Series.Kind.EXTERNAL:
        return None
    head = f"{series.prefix}-"
    lengths = [length for length in joints(head.lower(), text) if length < len(text)]
    return SourceNumbers(ranges=[each for length in lengths for each in _ranges(head, text[length:])])


def joints(head: str, text: str) -> list[int]:
    """The lengths of the beginnings of `text` that are an end of `head`."""
    return [length for length in range(1, min(len(head), len(text)) + 1) if head.endswith(text[:length])]


def _ranges(head: str, text: str) -> list[tuple[str, str]]:
    return [(head + start, head + start + LAST_CHARACTER) for start in _spellings(text)]


def ordinals(digits: str) -> list[tuple[int, int]]:
    """The ordinals that are written so at their beginning: six digits with leading zeros, or more without."""
    lengths = [DIGITS] if digits.startswith("0") else [DIGITS, *range(DIGITS + 1, 19)]
    found = []
    for length in lengths:
        if (missing := length - len(digits)) >= 0:
            low = int(digits) * 10**missing
            found.append((max(low, 1), low + 10**missing - 1))
    return found[::-1]


def _spellings(text: str) -> list[str]:
    """The beginning of `text` with its first letters in either case, as far as that is few enough."""
    forms: list[set[str]] = []
    for character in text:
        forms.append({character, character.lower(), character.upper()})
        if sum(len(form) > 1 for form in forms) == LETTERS_VARIED:
            break
    return ["".join(form) for form in itertools.product(*forms)]
