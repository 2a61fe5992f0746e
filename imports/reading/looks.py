"""What a file looks like by its first bytes, so that a wrong format is refused as a whole and the right one is named."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from imports.reading import formats
from imports.reading.dialects import PLAIN, SEPARATORS, Dialect, layout_of
from imports.reading.opened import decode_sample, encoding_of
from imports.reading.records import distinct, read_rows


class Kind(StrEnum):
    """The kinds of files that can be read; `EMPTY`, which may be any of them, and `OTHER`."""

    TABLE = "table"
    JSON_LINES = "json"
    WORKBOOK = "workbook"
    XML = "xml"
    PDF = "pdf"
    EMPTY = "empty"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Look:
    """The kind of a file; what it is in words, and the remedy where it cannot be read as it is.

    Of a table, `text` is the sample, `columns` the names in it and `dialect` its layout. `form` is the name of the
    format, where the first bytes show it.
    """

    kind: Kind
    says: str = ""
    remedy: str = ""
    dialect: Dialect = PLAIN
    columns: tuple[str, ...] = ()
    text: str = ""
    form: str = ""


_AS_WORKBOOK = "save it as an Excel workbook (.xlsx) or as CSV"
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", _AS_WORKBOOK),
    (b"\x89PNG", "a picture", "export the sales as CSV or Excel"),
    (b"\xff\xd8\xff", "a picture", "export the sales as CSV or Excel"),
    (b"{\\rtf", "a text document (RTF)", _AS_WORKBOOK),
    (b"PAR1", "a Parquet file", "save it as CSV"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it and send the files in it"),
    (b"Rar!", "a RAR archive", "unpack it and send the files in it"),
)
_ARCHIVES = (
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file (.ods)", _AS_WORKBOOK),
    (b"word/", "a Word document", _AS_WORKBOOK),
    (b"Index/Document.iwa", "a file of Numbers or Pages", _AS_WORKBOOK),
)
_ZIP = b"PK\x03\x04"
_ROOT = re.compile(r"<(?![?!])(?:[\w-]+:)?([\w-]+)")
_ROOTS = {
    "Invoice": ("a UBL invoice (XML)", "ubl"), "CreditNote": ("a UBL credit note (XML)", "ubl"),
    "CrossIndustryInvoice": ("a CII invoice (XML)", "cii"),
}  # fmt: skip
_PDF = b"%PDF"


def look(sample: bytes) -> Look:
    """What a file with these first bytes is. A workbook's columns are seen only once it is unpacked."""
    for signature, says, remedy in _SIGNATURES:
        if sample.startswith(signature):
            return Look(kind=Kind.OTHER, says=says, remedy=remedy)
    if sample.startswith(_PDF):
        remedy = "use format facturx if an e-invoice is in it, or export the sales as CSV or Excel"
        return Look(kind=Kind.PDF, says="a PDF", remedy=remedy, form="facturx")
    if sample.startswith(_ZIP):
        return _archive(sample)
    encoding = encoding_of(sample)
    text = decode_sample(sample, encoding)
    begin = text.lstrip()[:1]
    if not begin:
        return Look(kind=Kind.EMPTY, says="empty")
    if begin == "<":
        return _markup(text)
    if begin in ("{", "["):
        return _json(text.lstrip(), encoding)
    return _table(text, encoding)


def _archive(sample: bytes) -> Look:
    workbook = Look(kind=Kind.WORKBOOK, says="an Excel workbook", remedy="use a format of tables")
    if any(mark in sample for mark in (b"xl/work", b"xl/_rels", b"xl/styles", b"xl/theme")):
        return workbook
    for mark, says, remedy in _ARCHIVES:
        if mark in sample:
            return Look(kind=Kind.OTHER, says=says, remedy=remedy)
    # The order of the parts is open: a large one may come before those that say what it is.
    if b"[Content_Types].xml" in sample or b"docProps/" in sample:
        return workbook
    return Look(kind=Kind.OTHER, says="a ZIP archive", remedy="unpack it and send the files in it")


def _markup(text: str) -> Look:
    root = _ROOT.search(text)
    name = root.group(1) if root else ""
    if name.lower() in ("html", "body", "table"):
        return Look(kind=Kind.OTHER, says="a web page (HTML)", remedy=_AS_WORKBOOK)
    if name not in _ROOTS:
        remedy = "send an e-invoice (UBL or CII), or export the sales as CSV or Excel"
        return Look(kind=Kind.OTHER, says="XML that is not an invoice", remedy=remedy)
    says, form = _ROOTS[name]
    return Look(kind=Kind.XML, says=says, remedy=f"use format {form}", form=form)


def _json(text: str, encoding: str) -> Look:
    """JSON lines; an array, or one document on several lines, is not."""
    dialect = Dialect(encoding=encoding)
    first = text.splitlines()[0].strip()
    lines = "write one document per line, for example with: jq -c '.[]'"
    if text.startswith("["):
        return Look(kind=Kind.OTHER, says="a JSON array", remedy=lines)
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        if first == "{" or _begins_object(text):
            return Look(
                kind=Kind.OTHER,
                says="one JSON document over several lines",
                remedy="write it on one line, for example with: jq -c .",
            )
    return Look(kind=Kind.JSON_LINES, says="JSON lines", remedy="use format json", dialect=dialect, form="json")


def _begins_object(text: str) -> bool:
    """Whether the text is an object that ends on a later line than it begins on."""
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return "\n" in text[:end]


def _table(text: str, encoding: str) -> Look:
    for separator in SEPARATORS:
        known = Dialect(encoding=encoding, separator=separator)
        if formats.recognize(_header(text, known)):
            return _look(text, known)
    return _look(text, layout_of(text, encoding))


def _look(text: str, dialect: Dialect) -> Look:
    columns = tuple(distinct(_header(text, dialect)))
    return Look(kind=Kind.TABLE, says=_columns(columns), dialect=dialect, columns=columns, text=text)


def _header(text: str, dialect: Dialect) -> tuple[str, ...]:
    rows = read_rows(text, dialect, most=1)
    return tuple(name.strip() for name in rows[0]) if rows else ()


def _columns(columns: Sequence[str]) -> str:
    if len(columns) < 2:
        return "a text without columns"
    some = ", ".join(repr(name[:40]) for name in columns[:4])
    return f"a table with the columns {some}{' and others' if len(columns) > 4 else ''}"
