"""Printed numbers of a series: a pattern such as `RE{year}-{n:04}`, counted from a start. Text only.

The year has four digits and `{n}` stands once, so two ordinals of a series never give the same printed number.
"""

from __future__ import annotations

import re

LONGEST_PATTERN, LONGEST_PRINTED = 40, 60
_FIELD = re.compile(r"\{([^{}]*)\}")
_COUNTER = re.compile(r"n(?::0?([1-9]|1[0-8]))?", re.ASCII)
_PLAIN = re.compile(r"[^{}\x00-\x1f\x7f]*")


class BadPattern(ValueError):
    """The pattern cannot make printed numbers."""


def check_pattern(pattern: str, *, is_yearly: bool) -> None:
    """Raises `BadPattern` where `pattern` makes no unique printed numbers."""
    fields = _FIELD.findall(pattern)
    counters = [field for field in fields if _COUNTER.fullmatch(field)]
    if len(pattern) > LONGEST_PATTERN:
        raise BadPattern(f"The pattern has {len(pattern)} characters; use at most {LONGEST_PATTERN}.")
    if len(counters) != 1:
        raise BadPattern(f"{pattern!r} needs {{n}} exactly once, for example RE{{year}}-{{n:04}}.")
    if unknown := [field for field in fields if field != "year" and field not in counters]:
        raise BadPattern(f"{{{unknown[0]}}} is not a valid field; use {{n}}, {{n:04}} and {{year}}.")
    if not _PLAIN.fullmatch(_FIELD.sub("", pattern)) or pattern != pattern.strip():
        raise BadPattern(f"{pattern!r} has an unpaired brace, a control character or a space at an end.")
    if is_yearly and "year" not in fields:
        raise BadPattern(f"{pattern!r} needs {{year}}, because the series counts again from 1 each year.")


def printed(pattern: str, *, counter: int, year: int) -> str:
    """The printed number: `printed("RE{year}-{n:04}", counter=1043, year=2026)` is `RE2026-1043`."""

    def value(field: re.Match[str]) -> str:
        if field[1] == "year":
            return f"{year:04d}"
        width = _COUNTER.fullmatch(field[1])
        return f"{counter:0{int(width[1] or 1) if width else 1}d}"

    return _FIELD.sub(value, pattern)
