"""Parses XML that comes from outside: bounded, without a document type, so without entities and without external files."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any
from xml.parsers import expat

from lxml import etree

from imports.reading.lines import BadFile
from imports.reading.opened import GZIP
from invoices.einvoice.syntaxes import Syntax

LARGEST = 8 * 1024**2
_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
_CII = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
ROOTS = {
    f"{{{_UBL}:Invoice-2}}Invoice": Syntax.UBL,
    f"{{{_UBL}:CreditNote-2}}CreditNote": Syntax.UBL,
    f"{{{_CII}}}CrossIndustryInvoice": Syntax.CII,
}


class BadXml(ValueError):
    """The text is not the XML of an invoice; the message says why."""


class _RootReached(Exception):
    """Everything that may come before the root element has come."""


def read_bytes(path: Path) -> bytes:
    """The content of a file, unpacked where it is gzip; raises `BadFile` for one that is too large."""
    try:
        with open(path, "rb") as raw:
            is_gzip = raw.read(2) == GZIP
        with gzip.open(path) if is_gzip else open(path, "rb") as file:
            content: bytes = file.read(LARGEST + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadFile(f"{path.name} is not a complete gzip file ({error}); send it again.") from None
    if len(content) > LARGEST:
        raise BadFile(f"{path.name} is larger than {LARGEST // 1024**2} MiB; an e-invoice is smaller.")
    return content


def parse(content: bytes) -> tuple[Any, Syntax]:
    """The root element and its syntax; raises `BadXml`."""
    _refuse_document_type(content)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise BadXml(f"it is not valid XML ({str(error)[:200]})") from None
    if root.tag not in ROOTS:
        raise BadXml(f"its root is {str(root.tag)[:100]}, which is not an invoice of UBL 2.1 or CII")
    return root, ROOTS[root.tag]


def _refuse_document_type(content: bytes) -> None:
    """Raise `BadXml` for a document type, the only place for entities, before anything is expanded."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = _stop
    try:
        parser.Parse(content, True)
    except _RootReached:
        pass
    except expat.ExpatError as error:
        raise BadXml(f"it is not valid XML ({error})") from None


def _refuse(*declared: Any) -> None:
    raise BadXml("it has a document type (DOCTYPE), which e-invoices do not have")


def _stop(*element: Any) -> None:
    raise _RootReached
