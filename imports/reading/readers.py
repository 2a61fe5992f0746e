"""The readers of files, by format: how a file is opened as groups of records, and what document a group is.

A format of another kind than tables and JSON lines is a `FileReader` of its own here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from imports.reading import groups, json_documents, lines, records, table_files
from imports.reading.einvoices import apart
from imports.reading.groups import Group
from imports.reading.looks import Kind
from imports.reading.options import Format, Options
from invoices.documents.types import Document

Header = Sequence[str]
Opened = tuple[tuple[str, ...], Iterator[Group]]


@dataclass(frozen=True, kw_only=True)
class FileReader:
    """`open` takes the path of the text, the name of the file for messages, and the options.

    `read_raw` reads a quarantined text, which a person may have corrected; `parse` raises `Broken` or `BadValue`.
    `has_rows`: a document may have several records.
    """

    kind: Kind
    open: Callable[[Path, str, Options], Opened]
    read_raw: Callable[[str, Header, Options], list[Group]]
    parse: Callable[[Group, Header, Options], Document]
    has_rows: bool


def _open_json(path: Path, name: str, options: Options) -> Opened:
    text = lines.read_lines(path, options.dialect.encoding)
    return (), groups.group(records.json_records(text), window=0)


def _read_raw_json(raw: str, header: Header, options: Options) -> list[Group]:
    return list(groups.group(records.json_records(raw.splitlines(keepends=True)), window=0))


def _parse_json(one: Group, header: Header, options: Options) -> Document:
    return json_documents.parse(one.records[0].values, options)


TABLES = FileReader(
    kind=Kind.TABLE,
    open=table_files.open_file,
    read_raw=table_files.read_raw,
    parse=table_files.parse,
    has_rows=True,
)
JSON_LINES = FileReader(
    kind=Kind.JSON_LINES,
    open=_open_json,
    read_raw=_read_raw_json,
    parse=_parse_json,
    has_rows=False,
)


# Their libraries take 40 MB, so processes that stay have them loaded by another one (`apart`).
E_INVOICE = FileReader(
    kind=Kind.XML,
    open=apart.open_file,
    read_raw=apart.read_raw,
    parse=apart.parse,
    has_rows=False,
)
READERS: dict[Format, FileReader] = dict.fromkeys(Format, TABLES) | {
    Format.JSON: JSON_LINES,
    Format.UBL: E_INVOICE,
    Format.CII: E_INVOICE,
    Format.FACTURX: replace(E_INVOICE, kind=Kind.PDF),
}


def reader_of(options: Options) -> FileReader:
    """The reader of the options' format."""
    return READERS[options.format or Format.INVOICES_CSV]
