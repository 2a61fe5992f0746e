"""Sets the texts of a page by a template as PDF/A-3b, whatever signs are in them: what no font has is replaced."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst

from exports.pdf import fonts
from exports.pdf.glyphs import REPLACEMENT, find_refused, printable, without

STANDARD: Literal["a-3b"] = "a-3b"
# Tags name the parts of a page for screen readers; PDF/A-3b does without. They are nine tenths of a long document's objects,
# each of which is read and written again when the CII is put in: 25 s of processor time for 10,000 lines, else 0.4 s.
MOST_TAGGED_ROWS = 300
# A mark that no font has with its letter is found only when the page is set; one may hide another.
ATTEMPTS = 3
_BASIC = re.compile("[^\x20-\x7e]")


def set_page(
    template: Path, page: Mapping[str, Any], *, row_count: int, timestamp: datetime | int, **inputs: str
) -> bytes:
    """The PDF of `page`, whose long table has `row_count` rows; the same page makes the same PDF."""
    texts = json.dumps(page, ensure_ascii=False)
    families = fonts.families(texts)
    found = {**page, "fonts": families, "has_arabic": fonts.has_arabic(texts)}
    texts = printable(json.dumps(found, ensure_ascii=False), json.dumps(families), fonts.load())
    is_tagged = row_count <= MOST_TAGGED_ROWS
    for _ in range(ATTEMPTS):
        try:
            return _compile(template, {"page": texts, **inputs}, timestamp, is_tagged=is_tagged)
        except typst.TypstError as error:
            texts = without(texts, find_refused(error))
    return _compile(template, {"page": _BASIC.sub(REPLACEMENT, texts), **inputs}, timestamp, is_tagged=is_tagged)


def _compile(template: Path, inputs: dict[str, str], timestamp: datetime | int, *, is_tagged: bool) -> bytes:
    pdf: bytes = typst.compile(
        template, format="pdf", font_paths=fonts.load(), sys_inputs=inputs, pdf_standards=STANDARD, timestamp=timestamp,
        pdf_tags=is_tagged,
    )  # fmt: skip
    return pdf
