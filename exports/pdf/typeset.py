"""Typesets a document as PDF/A-3b, and makes it Factur-X when its CII is given."""

from __future__ import annotations

import json
import re
from datetime import UTC
from pathlib import Path
from typing import Literal

import typst

from exports.einvoice.writer import embed
from exports.pdf import fonts
from exports.pdf.glyphs import REPLACEMENT, find_refused, printable, without
from exports.pdf.languages import words_of
from exports.pdf.page import page_of
from invoices.documents.types import IssuedDocument
from stores.letterhead import PLAIN, Letterhead

TEMPLATE = Path(__file__).with_name("invoice.typ")
STANDARD: Literal["a-3b"] = "a-3b"
# Tags name the parts of a page for screen readers; PDF/A-3b does without. They are nine tenths of a long document's objects,
# each of which is read and written again when the CII is put in: 25 s of processor time for 10,000 lines, else 0.4 s.
MOST_TAGGED_LINES = 300
# A mark that no font has with its letter is found only when the page is set; one may hide another.
ATTEMPTS = 3
_BASIC = re.compile("[^\x20-\x7e]")


def typeset(issued: IssuedDocument, *, cii: bytes | None = None, letterhead: Letterhead = PLAIN) -> bytes:
    """The PDF of the document, with `cii` in it; the same document makes the same pages."""
    pdf = _compile(issued, letterhead)
    return pdf if cii is None else embed(pdf, cii, _metadata(issued, letterhead), words_of(letterhead.language).code)


def _compile(issued: IssuedDocument, letterhead: Letterhead) -> bytes:
    page = page_of(issued, letterhead)
    texts = json.dumps(page, ensure_ascii=False)
    families = fonts.families(texts)
    page |= {"fonts": families, "has_arabic": fonts.has_arabic(texts)}
    texts = printable(json.dumps(page, ensure_ascii=False), json.dumps(families), fonts.load())
    for _ in range(ATTEMPTS):
        try:
            return _typeset(texts, issued, letterhead)
        except typst.TypstError as error:
            texts = without(texts, find_refused(error))
    return _typeset(_BASIC.sub(REPLACEMENT, texts), issued, letterhead)


def _typeset(texts: str, issued: IssuedDocument, letterhead: Letterhead) -> bytes:
    inputs = {"page": texts}
    if letterhead.logo is not None:
        inputs["logo"] = json.dumps(list(letterhead.logo))
    pdf: bytes = typst.compile(
        TEMPLATE,
        format="pdf",
        font_paths=fonts.load(),
        sys_inputs=inputs,
        pdf_standards=STANDARD,
        timestamp=issued.document.issued_at.astimezone(UTC).replace(microsecond=0),
        pdf_tags=len(issued.document.lines) <= MOST_TAGGED_LINES,
    )
    return pdf


def _metadata(issued: IssuedDocument, letterhead: Letterhead) -> dict[str, str]:
    title = f"{words_of(letterhead.language).titles[issued.document.kind]} {issued.printed_number}"
    seller = issued.document.seller.name
    return {"author": seller, "title": title, "subject": f"{title}, {seller}", "keywords": "Factur-X"}
