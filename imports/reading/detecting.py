"""Finds what a file is, and refuses a wrong format as a whole before the first row is read."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from imports.reading import dialects, formats, mappings, options
from imports.reading.converting import convert_steps
from imports.reading.dialects import WINDOWS, WORKBOOK, Dialect
from imports.reading.invoices_csv import DATES, NUMBERS
from imports.reading.lines import BadFile
from imports.reading.looks import Kind, Look, look
from imports.reading.opened import read_sample
from imports.reading.options import Format, Options
from imports.reading.readers import READERS
from imports.reading.records import read_rows


@dataclass(frozen=True, kw_only=True)
class Detected:
    """What a file is. `text_path` is the file as text; `options` have its format, if it has one, and its dialect."""

    options: Options
    text_path: Path
    seen: Look
    columns: tuple[str, ...] = ()
    is_workbook: bool = False

    def with_options(self, chosen: Options) -> Detected:
        """The same file with other options, which say where its numbers and dates are."""
        return replace(self, options=replace(chosen, dialect=_dialect(self.seen, chosen)))

    def in_windows(self) -> Detected:
        """The same file in Windows-1252, for bytes behind the sample that are not UTF-8."""
        dialect = replace(self.seen.dialect, encoding=WINDOWS)
        return replace(self, seen=replace(self.seen, dialect=dialect)).with_options(self.options)

    def as_json(self, row_count: int | None) -> dict[str, Any]:
        """What was understood, for the person who sent the file."""
        dialect, is_table = self.options.dialect, bool(self.columns)
        return {
            "format": None if self.options.format is None else str(self.options.format),
            "encoding": WORKBOOK if self.is_workbook else dialect.encoding,
            "separator": dialect.separator if is_table and not self.is_workbook else None,
            "decimal_mark": (dialect.decimal_mark or None) if is_table else ".",
            "date_order": dialect.date_order or None,
            "columns": list(self.columns),
            "rows": row_count,
        }


def detect_steps(
    path: Path, name: str, chosen: Options, folder: Path, most_rows: int | None = None
) -> Generator[None, None, Detected]:
    """What the file is; yields while a workbook is converted into `folder`, at most `most_rows` rows of it.

    `options.format` of the answer is None for a table that no format has, when no mapping was given. Raises `BadFile`.
    """
    seen, text_path = look(_sample(path, name)), path
    is_workbook = seen.kind == Kind.WORKBOOK
    if is_workbook:
        _check_kind(name, seen, chosen, Kind.TABLE)
        text_path = yield from convert_steps(path, name, folder, most_rows)
        seen = look(read_sample(text_path))
    if seen.kind == Kind.OTHER:
        raise BadFile(f"{name} looks like {seen.says}, which is not read; {seen.remedy}.")
    form = _form(name, seen, chosen)
    found = chosen if form is None or chosen.format is not None else options.of_format(chosen, form)
    found = replace(found, dialect=_dialect(seen, found))
    return Detected(options=found, text_path=text_path, seen=seen, columns=seen.columns, is_workbook=is_workbook)


def _sample(path: Path, name: str) -> bytes:
    try:
        return read_sample(path)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadFile(f"{name} is not a complete gzip file ({error}); send it again.") from None


def _form(name: str, seen: Look, chosen: Options) -> Format | None:
    """The format that was asked for, else that of the file; raises `BadFile` when the file is of another kind."""
    _check_kind(name, seen, chosen, seen.kind)
    if chosen.format is not None:
        return chosen.format
    if seen.kind == Kind.TABLE:
        return formats.recognize(seen.columns)
    return next((form for form in Format if form == seen.form), None)


def _check_kind(name: str, seen: Look, chosen: Options, kind: Kind) -> None:
    form = chosen.format
    readable = {reader.kind for reader in READERS.values()}
    if kind == Kind.EMPTY and form is None:
        raise BadFile(f"{name} holds no rows; send a file that does.")
    if kind in (Kind.EMPTY, Kind.OTHER) or (kind in readable and (form is None or READERS[form].kind == kind)):
        return
    as_format = f" as {form}" if form else ""
    known = formats.recognize(seen.columns)
    says = f"{known} ({seen.says})" if known else seen.says
    remedy = f"use format {known}" if known else seen.remedy or "use the format of the file, or map its columns"
    raise BadFile(f"{name} cannot be read{as_format}: it looks like {says}; {remedy}. Nothing of it was taken.")


def _dialect(seen: Look, chosen: Options) -> Dialect:
    """The layout that was seen, with the marks of the columns with numbers and dates, and what the mapping overrides."""
    dialect, mapping = seen.dialect, chosen.mapping
    if seen.kind == Kind.TABLE:
        numbers, dates = _columns(seen, chosen)
        rows = read_rows(seen.text, dialect)[1:]
        dialect = dialects.with_marks(dialect, _cells(rows, seen.columns, numbers), _cells(rows, seen.columns, dates))
    if mapping and mapping.decimal_mark:
        dialect = replace(dialect, decimal_mark=mapping.decimal_mark)
    if mapping and mapping.date_order:
        dialect = replace(dialect, date_order=mapping.date_order)
    return dialect


def _columns(seen: Look, chosen: Options) -> tuple[set[str], set[str]]:
    """The columns with numbers and those with dates; all columns where they are not known."""
    if chosen.format is None:
        return set(seen.columns), set(seen.columns)
    if chosen.format != Format.TABLE or chosen.mapping is None:
        table = formats.table_of(chosen)
        aliases = {table.aliases.get(name, name): name for name in seen.columns}
        return {aliases.get(name, name) for name in table.numbers}, {aliases.get(name, name) for name in table.dates}
    fields = {column: mappings.FIELDS[field] for field, column in chosen.mapping.columns}
    numbers = {column for column, field in fields.items() if field in NUMBERS or field == "line_total"}
    return numbers, {column for column, field in fields.items() if field in DATES}


def _cells(rows: Sequence[Sequence[str]], columns: Sequence[str], wanted: set[str]) -> list[str]:
    places = [place for place, name in enumerate(columns) if name in wanted]
    return [row[place] for row in rows for place in places if place < len(row)]
