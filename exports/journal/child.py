"""The process that typesets a journal: the texts of its pages on the standard input, the PDF on the standard output.

`python -m exports.journal.child`. The web process never loads the typesetter, which takes tens of megabytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typst

from exports.pdf import fonts
from exports.pdf.glyphs import printable

TEMPLATE = Path(__file__).with_name("journal.typ")
# Tags for screen readers make long tables several times as expensive.
MOST_TAGGED_ROWS = 300


def typeset(page: dict[str, object], row_count: int) -> bytes:
    """The pages as PDF/A."""
    texts = json.dumps(page, ensure_ascii=False)
    families = fonts.families(texts)
    texts = json.dumps(page | {"fonts": families}, ensure_ascii=False)
    pdf: bytes = typst.compile(
        TEMPLATE, format="pdf", font_paths=fonts.load(), pdf_standards="a-3b", timestamp=0,
        sys_inputs={"page": printable(texts, json.dumps(families), fonts.load())},
        pdf_tags=row_count <= MOST_TAGGED_ROWS,
    )  # fmt: skip
    return pdf


def main() -> None:
    """Write the PDF."""
    page = json.load(sys.stdin)
    sys.stdout.buffer.write(typeset(page, len(page["days"]["rows"])))


if __name__ == "__main__":
    main()
