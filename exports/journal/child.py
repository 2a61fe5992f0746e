"""The process that typesets a journal: the texts of its pages on the standard input, the PDF on the standard output.

`python -m exports.journal.child`. The web process never loads the typesetter, which takes tens of megabytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from exports.pdf.sheet import set_page

TEMPLATE = Path(__file__).with_name("journal.typ")


def main() -> None:
    """Write the PDF."""
    page = json.load(sys.stdin)
    pdf = set_page(TEMPLATE, page, row_count=len(page["days"]["rows"]), timestamp=0)
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
