"""What a file of a document is kept under: all that it says, and all that decides how it is written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path

from invoices.documents.types import IssuedDocument
from stores.letterheads import read_letterhead

LIBRARIES = ("factur-x", "saxonche", "typst", "pypdf")
SOURCES = ("einvoice", "pdf")


class Form(StrEnum):
    """What a document is made into."""

    PDF = "pdf"
    UBL = "ubl"
    CII = "cii"

    @property
    def ending(self) -> str:
        return "pdf" if self is Form.PDF else "xml"


def key_of(issued: IssuedDocument, form: Form) -> str:
    """The same for the same document as long as it would be written the same.

    It begins with the invoice, so that all files of one are found: see `prefix_of`.
    """
    said = json.dumps(asdict(issued), default=str, sort_keys=True)
    if form is Form.PDF:
        said += repr(read_letterhead(issued.store_id))
    return prefix_of(issued.id) + hashlib.sha256(f"{form}\n{_writers()}\n{said}".encode()).hexdigest()


def prefix_of(invoice_id: int) -> str:
    """How the keys of all files of an invoice begin; the first two characters spread invoices over folders."""
    return f"{invoice_id % 256:02x}-{invoice_id}-"


@cache
def _writers() -> str:
    """Which version of our own code, and of the libraries, writes."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    for path in sorted(path for place in SOURCES for path in (root / place).glob("*.*")):
        digest.update(path.name.encode() + path.read_bytes())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()
