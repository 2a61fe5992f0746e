"""Typesets a document as PDF/A-3b, and makes it Factur-X when its CII is given."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

from exports.einvoice.writer import embed
from exports.pdf.languages import words_of
from exports.pdf.page import page_of
from exports.pdf.sheet import set_page
from invoices.documents.types import IssuedDocument
from stores.letterhead import PLAIN, Letterhead

TEMPLATE = Path(__file__).with_name("invoice.typ")


def typeset(issued: IssuedDocument, *, cii: bytes | None = None, letterhead: Letterhead = PLAIN) -> bytes:
    """The PDF of the document, with `cii` in it; the same document makes the same pages."""
    pdf = _compile(issued, letterhead)
    return pdf if cii is None else embed(pdf, cii, _metadata(issued, letterhead), words_of(letterhead.language).code)


def _compile(issued: IssuedDocument, letterhead: Letterhead) -> bytes:
    logo = {} if letterhead.logo is None else {"logo": json.dumps(list(letterhead.logo))}
    at = issued.document.issued_at.astimezone(UTC).replace(microsecond=0)
    return set_page(TEMPLATE, page_of(issued, letterhead), row_count=len(issued.document.lines), timestamp=at, **logo)


def _metadata(issued: IssuedDocument, letterhead: Letterhead) -> dict[str, str]:
    title = f"{words_of(letterhead.language).titles[issued.document.kind]} {issued.printed_number}"
    seller = issued.document.seller.name
    return {"author": seller, "title": title, "subject": f"{title}, {seller}", "keywords": "Factur-X"}
