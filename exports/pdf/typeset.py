"""Typesets a document as PDF/A-3b, and makes it Factur-X when its CII is given.

Fonts come with the typst wheel: Latin, Greek, Cyrillic, Arabic. For others, those of the machine are used, and those in the
data directory's `fonts`.
"""

from __future__ import annotations

import json
import re
from datetime import UTC
from pathlib import Path
from typing import Literal

import typst
from django.conf import settings

from exports.einvoice.writer import embed
from exports.pdf.page import TITLES, page_of
from invoices.documents.types import IssuedDocument

TEMPLATE = Path(__file__).with_name("invoice.typ")
STANDARD: Literal["a-3b"] = "a-3b"
# Tags name the parts of a page for screen readers; PDF/A-3b does without. They are nine tenths of a long document's objects,
# each of which is read and written again when the CII is put in: 25 s of processor time for 10,000 lines, else 0.4 s.
MOST_TAGGED_LINES = 300
# Nothing; then all that is not Latin, Greek or Cyrillic; then all but ASCII.
FALLBACKS = (re.compile("(?!)"), re.compile("[^\x20-\u052f\u1e00-\u20cf\u2212]"), re.compile("[^\x20-\x7e]"))


def typeset(issued: IssuedDocument, *, cii: bytes | None = None) -> bytes:
    """The PDF of the document, with `cii` in it; the same document makes the same pages."""
    pdf = _compile(issued)
    return pdf if cii is None else embed(pdf, cii, _metadata(issued))


def _compile(issued: IssuedDocument) -> bytes:
    """The pages. PDF/A takes no character without a shape: when the fonts lack one, ever more are shown as `?`."""
    texts = json.dumps(page_of(issued), ensure_ascii=False)
    for unprintable in FALLBACKS:
        try:
            return _typeset(unprintable.sub("?", texts), issued)
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
    raise AssertionError("ASCII is in every font")


def _typeset(texts: str, issued: IssuedDocument) -> bytes:
    pdf: bytes = typst.compile(
        TEMPLATE,
        format="pdf",
        font_paths=[settings.INVOICEDASH_DATA_DIR / "fonts"],
        sys_inputs={"page": texts},
        pdf_standards=STANDARD,
        timestamp=issued.document.issued_at.astimezone(UTC).replace(microsecond=0),
        pdf_tags=len(issued.document.lines) <= MOST_TAGGED_LINES,
    )
    return pdf


def _metadata(issued: IssuedDocument) -> dict[str, str]:
    title = f"{TITLES[issued.document.kind]} {issued.printed_number}"
    seller = issued.document.seller.name
    return {"author": seller, "title": title, "subject": f"{title} of {seller}", "keywords": "Factur-X"}
