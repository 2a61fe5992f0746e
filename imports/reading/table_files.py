"""Reads files that hold a table: checks the header, and makes groups and documents of the rows by the table's format."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from imports.reading import formats, groups, lines, records
from imports.reading.groups import Group
from imports.reading.lines import BadFile
from imports.reading.mappings import ColumnMapping
from imports.reading.options import Format, Options
from imports.reading.tables import CREDIT_SUFFIX, Row, Table
from imports.reading.values import BadValue
from invoices.documents.characters import one_line
from invoices.documents.types import Document


def open_file(path: Path, name: str, options: Options) -> tuple[tuple[str, ...], Iterator[Group]]:
    """The names of the columns, and the documents as groups of rows; raises `BadFile` for columns of another format."""
    table, dialect = formats.table_of(options), options.dialect
    text = lines.read_lines(path, dialect.encoding)
    # Titles above the names of the columns.
    for _ in itertools.islice(text, dialect.header_line - 1):
        pass
    header = _names(records.csv_header(text, dialect.separator), table)
    check_header(name, header, table, options)
    found = records.csv_records(text, header, table.key, dialect.header_line + 1, dialect.separator)
    return tuple(header), _grouped(found, header, table, options)


def read_raw(raw: str, header: Sequence[str], options: Options) -> list[Group]:
    """The documents in a quarantined text, which a person may have corrected."""
    table = formats.table_of(options)
    rows = records.csv_records(raw.splitlines(keepends=True), header, table.key, 1, options.dialect.separator)
    return list(_grouped(rows, header, table, options))


def parse(one: Group, header: Sequence[str], options: Options) -> Document:
    """The document that a group is; raises `Broken` or `BadValue`."""
    table = formats.table_of(options)
    make, number = table.parse, one.key
    if one.is_credit and table.credits:
        make, number = table.credits.parse, number.removesuffix(CREDIT_SUFFIX)
    rows = _rows(one, header)
    if table.known is None or options.dialect.decimal_mark != ".":
        return make(number, _plain(rows, table, options), options)
    try:
        return make(number, rows, options)
    except BadValue:
        # Most values are plain as they are. Others cost a second attempt.
        plain = _plain(rows, table, options)
        if plain == rows:
            raise
        return make(number, plain, options)


def check_header(name: str, header: Sequence[str], table: Table, options: Options) -> None:
    """Raise `BadFile` unless a file with these columns is of the format."""
    form = options.format
    if missing := [column for column in table.needed if column not in header]:
        raise BadFile(f"{name} has no column {', '.join(missing)}; {form} needs it; {_advice(header, form)}.")
    if table.known is not None and (unknown := [column for column in header if column not in table.known]):
        raise BadFile(f"{name} has a column {unknown[0][:40]!r}, which {form} does not know; rename or remove it.")
    if len(set(header)) < len(header):
        raise BadFile(f"{name} has two columns with the same name; rename one of them.")
    if form == Format.TABLE:
        _check_mapping(name, header, options.mapping or ColumnMapping())


def _advice(header: Sequence[str], form: Format | None) -> str:
    looks = formats.recognize(header)
    if looks and looks != form:
        return f"the file looks like {looks}, so use this format"
    return "use the format of the file, or name its columns in a mapping"


def check_columns(name: str, header: Sequence[str], mapping: ColumnMapping) -> None:
    """Raise `BadFile` unless the file has the columns that the mapping names."""
    if unknown := mapping.unknown_columns(header):
        names = ", ".join(header)[:300]
        raise BadFile(f"{name} has no column {unknown[0][:40]!r}, which the mapping names; it has {names}.")


def _check_mapping(name: str, header: Sequence[str], mapping: ColumnMapping) -> None:
    check_columns(name, header, mapping)
    names = ", ".join(header)[:300]
    if missing := mapping.missing():
        raise BadFile(f"{name}: the mapping has no column for {' and '.join(missing)}; name one of {names}.")


def _names(header: Sequence[str], table: Table) -> list[str]:
    """The names by their usual ones; distinct ones where other columns are ignored."""
    names = [table.aliases.get(name, name) for name in header]
    return names if table.known is not None else records.distinct(names)


def _grouped(rows: Iterable[records.Record], header: Sequence[str], table: Table, options: Options) -> Iterator[Group]:
    window = 0 if table.key is None else groups.WINDOW
    for one in groups.group(rows, window=window):
        yield one
        if table.credits and one.broken is None and table.credits.is_in(_rows(one, header), options):
            yield Group(f"{one.key}{CREDIT_SUFFIX}", one.records, one.last, is_credit=True)


def _rows(one: Group, header: Sequence[str]) -> list[Row]:
    return [dict(zip(header, record.values, strict=True)) for record in one.records]


def _plain(rows: Iterable[Row], table: Table, options: Options) -> list[Row]:
    return [table.plain({name: one_line(text) for name, text in row.items()}, options.dialect) for row in rows]
