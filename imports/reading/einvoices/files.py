"""The reader of e-invoices among those of files: a file is one document, whose raw text is its XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from imports.reading.einvoices import pdf, xml
from imports.reading.einvoices.apart import ONLY
from imports.reading.einvoices.documents import read_document
from imports.reading.einvoices.xml import BadXml
from imports.reading.groups import Group
from imports.reading.lines import BadFile
from imports.reading.options import Format, Options
from imports.reading.records import Record
from invoices.documents.types import Document
from invoices.einvoice.repairs import CBC, RAM
from invoices.einvoice.syntaxes import Syntax
from quality.rules import Broken

_SYNTAXES: dict[Format | None, Syntax] = {Format.UBL: Syntax.UBL, Format.CII: Syntax.CII, Format.FACTURX: Syntax.CII}
_NUMBERS = (f"{CBC}ID", f"{{*}}ExchangedDocument/{RAM}ID")


def open_file(path: Path, name: str, options: Options) -> tuple[tuple[str, ...], Iterator[Group]]:
    """The document of a file, which has no columns; raises `BadFile` for one that is not of the format."""
    content = xml.read_bytes(path)
    is_pdf = content.startswith(pdf.START)
    if is_pdf != (options.format == Format.FACTURX):
        other = "a PDF: import it as facturx" if is_pdf else "not a PDF: import it as ubl or cii"
        raise BadFile(f"{name} is {other}. Nothing of it was taken.")
    try:
        root, syntax = xml.parse(pdf.attached_xml(content) if is_pdf else content)
    except BadXml as error:
        raise BadFile(f"{name} is refused: {error}. Nothing of it was taken.") from None
    if syntax != _SYNTAXES[options.format]:
        raise BadFile(f"{name} is {syntax.upper()}: import it as {syntax}. Nothing of it was taken.")
    return (), iter([_group(root)])


def parse(one: Group, header: Sequence[str], options: Options) -> Document:
    """The document; raises `Broken` or `BadValue`."""
    try:
        return read_document(one.raw, options)
    except BadXml as error:
        raise Broken("unreadable", f"It cannot be read: {error}.") from None
    # Terms that are given twice or in a wrong place make the library return values of unexpected types.
    except (ArithmeticError, AttributeError, KeyError, TypeError) as error:
        raise Broken(
            "unreadable", f"It cannot be read: one of its terms has an unusual shape ({error!r:.200})."
        ) from error


def _group(root: Any) -> Group:
    number = _number_of(root)
    return Group(number, [Record(1, number, etree.tostring(root, encoding="unicode"))])


def _number_of(root: Any) -> str:
    found = next((text for path in _NUMBERS if (text := root.findtext(path))), "")
    return " ".join(found.split())[:200] or ONLY
