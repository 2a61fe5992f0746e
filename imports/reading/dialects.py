"""How a text file writes a table: encoding, separator, header, decimal mark and order of dates.

A sample of the file decides, so that each reading of the file finds the same. What the sample leaves open stays open:
a value that two readings fit is refused, not guessed.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

UTF_8, WINDOWS, WORKBOOK = "utf-8", "windows-1252", "xlsx"
DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
SEPARATORS = ",;\t|"
SAMPLED_LINES = 2000
# A report of a spreadsheet may have its title above the names of the columns.
_MOST_TITLE_LINES = 10
# Excel writes this line above a table, and hides it.
_SEP = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_AROUND = r"[-\s€$£¥%\u00a0]{0,4}"
_COMMA_DECIMAL = re.compile(rf"{_AROUND}(\d{{1,3}}(\.\d{{3}})+,\d+|\d+,(\d{{1,2}}|\d{{4,6}})){_AROUND}", re.ASCII)
_POINT_DECIMAL = re.compile(rf"{_AROUND}(\d{{1,3}}(,\d{{3}})+\.\d+|\d+\.(\d{{1,2}}|\d{{4,6}})){_AROUND}", re.ASCII)
_DATE = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})\b", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a file is written. `header_line` is the number of the line with the names of the columns.

    `decimal_mark` is empty where the sample has both marks, `date_order` where it does not show the order of 03/04/2026.
    """

    encoding: str = UTF_8
    separator: str = ","
    decimal_mark: str = "."
    date_order: str = ""
    header_line: int = 1

    def as_json(self) -> dict[str, Any]:
        """The dialect as an imported file stores it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


PLAIN = Dialect()


def from_json(stored: dict[str, Any]) -> Dialect:
    """The dialect of an imported file; the plain one for files that were imported before dialects were detected."""
    return Dialect(**{name: stored[name] for name in Dialect.__dataclass_fields__ if name in stored})


def layout_of(text: str, encoding: str) -> Dialect:
    """Separator and header of a table whose first lines are `text`."""
    lines = text.splitlines(keepends=True)[:SAMPLED_LINES]
    declared = _SEP.fullmatch(lines[0]) if lines else None
    separator = declared.group(1) if declared else _separator(lines)
    header_line = _header_line(readable_rows(lines, separator), bool(declared))
    return Dialect(encoding=encoding, separator=separator, header_line=header_line)


def with_marks(dialect: Dialect, numbers: Sequence[str], dates: Sequence[str]) -> Dialect:
    """The dialect with what these cells show of decimal mark and order of dates."""
    return replace(dialect, decimal_mark=_decimal_mark(numbers, dialect.separator), date_order=_date_order(dates))


def _separator(lines: Sequence[str]) -> str:
    """The separator that gives most lines the same number of fields, of at least two; a comma where none does."""
    sample = [line for line in lines[:50] if line.strip()]
    return max(SEPARATORS, key=lambda each: (_fields_in_common(sample, each), -SEPARATORS.index(each)))


def _fields_in_common(sample: Sequence[str], separator: str) -> tuple[int, int]:
    counts = [len(row) for row in readable_rows(sample, separator) if len(row) > 1]
    if not counts:
        return 0, 0
    usual = max(counts, key=counts.count)
    return counts.count(usual), usual


def readable_rows(lines: Iterable[str], separator: str, most: int | None = None) -> list[list[str]]:
    """The rows as far as they can be read: a sample may end within quotes."""
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        rows.extend(itertools.islice(csv.reader(lines, delimiter=separator), most))
    return rows


def _header_line(rows: Sequence[Sequence[str]], is_declared: bool) -> int:
    """The first line with at least half as many filled fields as the fullest: a title above the table has one or two."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows[: _MOST_TITLE_LINES + 10]]
    most = max(filled, default=0)
    start = 1 if is_declared else 0
    enough = (line for line, count in enumerate(filled[:_MOST_TITLE_LINES]) if line >= start and count * 2 >= most)
    return next(enough, start) + 1


def _decimal_mark(cells: Sequence[str], separator: str) -> str:
    """The mark that the sample's numbers show; where they show none, that of programs which use this separator."""
    has_comma = any(_COMMA_DECIMAL.fullmatch(cell.strip()) for cell in cells)
    has_point = any(_POINT_DECIMAL.fullmatch(cell.strip()) for cell in cells)
    if has_comma and has_point:
        return ""
    if has_comma or has_point:
        return "," if has_comma else "."
    return "," if separator == ";" else "."


def _date_order(cells: Sequence[str]) -> str:
    pairs = [(int(found[1]), int(found[2])) for cell in cells if (found := _DATE.match(cell.strip()))]
    is_day_first = any(first > 12 for first, _ in pairs)
    is_month_first = any(second > 12 for _, second in pairs)
    if is_day_first == is_month_first:
        return ""
    return DAY_FIRST if is_day_first else MONTH_FIRST
