"""Turns an Excel workbook (.xlsx) into CSV, in a process that ends: its memory and its time are bounded.

A row of the sheet is a line of the same number. Dates become ISO 8601; numbers have a point and at most six decimals.
"""

from __future__ import annotations

import csv
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from runtime import child

MOST_MEMORY = 256 * 1024**2
MOST_SECONDS = 600
# Declared sizes; reading ends there. Shared texts are held in memory (32 MiB of them take 135 MB), a sheet is not.
MOST_SHARED, MOST_SHEET = 32 * 1024**2, 2 * 1024**3
MOST_PARTS = 2000
MOST_COLUMNS = 500
MOST_TEXT = 1024**3
MOST_CELL = 32_767
EXIT_REFUSED = 3
_UNIT = Decimal("0.000001")
_LINE_BREAKS = str.maketrans("\r\n\t\v\f", "     ")


class Refused(ValueError):
    """The workbook cannot be read; the text is a sentence without its name."""


def write_table(source: Path, target: Path, most_rows: int | None = None) -> None:
    """Write the first sheet with a table as CSV, at most `most_rows` rows of it; raises `Refused`."""
    _check(source)
    # Only in the process that ends.
    import openpyxl
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    # Of a sheet that does not declare its size, openpyxl would read all rows to find it.
    ReadOnlyWorksheet._get_size = lambda sheet: None  # type: ignore[attr-defined]
    try:
        # Of a path, openpyxl would check the ending of the name.
        with source.open("rb") as archive, target.open("w", encoding="utf-8", newline="") as file:
            book = openpyxl.load_workbook(archive, read_only=True, data_only=True, keep_links=False)
            _write(csv.writer(file, lineterminator="\n"), _table(book), most_rows)
    except MemoryError:
        raise Refused(f"it needs more than {MOST_MEMORY // 1024**2} MiB of memory; save the sheet as CSV.") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, OSError, AttributeError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(
            f"it is not a complete Excel workbook ({type(error).__name__}); save it again as .xlsx."
        ) from None


def _check(source: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise Refused("it is not a complete Excel workbook; send it again.") from None
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("it is protected by a password; save it without one.")
    if len(parts) > MOST_PARTS:
        raise Refused(f"it holds more than {MOST_PARTS:,} parts; save the sheet alone.")
    for part in (each for each in parts if each.filename.endswith(".xml")):
        most = MOST_SHEET if part.filename.startswith("xl/worksheets/") else MOST_SHARED
        if part.file_size > most:
            raise Refused(f"{part.filename[:60]} in it has more than {most // 1024**2:,} MiB; save the sheet as CSV.")


def _table(book: Any) -> Iterable[Sequence[Any]]:
    """The rows of the first visible sheet that has at least two rows with values."""
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible" and _has_table(sheet):
            return _rows(sheet)
    raise Refused("it has no sheet with a table; send one with column names and rows.")


def _has_table(sheet: Any) -> bool:
    filled = 0
    for row in _rows(sheet):
        filled += any(value is not None for value in row)
        if filled == 2:
            return True
    return False


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    rows: Iterator[Sequence[Any]] = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
    return rows


def _write(writer: Any, rows: Iterable[Sequence[Any]], most_rows: int | None) -> None:
    """All lines have the width of the widest of the first ones: a sheet leaves out empty cells at the end."""
    head: list[list[str]] = []
    width = written = 0
    for number, row in enumerate(rows):
        texts = [text_of(value) for value in row]
        if len(head) < 50 and number < 50:
            head.append(texts)
            continue
        width = width or _write_head(writer, head)
        written += _write_row(writer, texts, width)
        if written > MOST_TEXT:
            raise Refused(f"its sheet has more than {MOST_TEXT // 1024**2} MiB of text; split it.")
        if most_rows is not None and number > most_rows:
            return
    if not width:
        _write_head(writer, head)


def _write_head(writer: Any, head: Sequence[Sequence[str]]) -> int:
    width = max((_filled(texts) for texts in head), default=0)
    for texts in head:
        _write_row(writer, texts, width)
    return width


def _write_row(writer: Any, texts: Sequence[str], width: int) -> int:
    filled = _filled(texts)
    line = [*texts[: max(filled, width)], *[""] * (width - len(texts))] if filled else []
    writer.writerow(line)
    return sum(map(len, line)) + len(line)


def _filled(texts: Sequence[str]) -> int:
    return next((place for place in range(len(texts), 0, -1) if texts[place - 1]), 0)


def text_of(value: Any) -> str:
    """A cell as text, on one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        # A cell stores days as a fraction; the second is as exact as what was typed.
        moment = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)[:MOST_CELL].translate(_LINE_BREAKS).strip().replace("\0", "")


def _number(value: float) -> str:
    """At most fifteen digits, as Excel shows, and six decimals, as documents have."""
    number = Decimal(f"{value:.15g}")
    if number.is_finite() and abs(number) < 10**15:
        number = number.quantize(_UNIT).normalize()
    return f"{number + 0:f}"


def main(arguments: Sequence[str]) -> int:
    """`SOURCE TARGET [ROWS]`: exit code 3 and a sentence on stderr for a workbook that cannot be read."""
    child.limit(memory=MOST_MEMORY, seconds=MOST_SECONDS)
    source, target, *rows = arguments
    try:
        write_table(Path(source), Path(target), int(rows[0]) if rows else None)
    except Refused as error:
        print(error, file=sys.stderr)
        return EXIT_REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
