"""What a file of a document is kept under: all that it says, and all that decides how it is written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path

from exports.einvoice.sheets import version_of
from invoices.documents.types import IssuedDocument
from invoices.einvoice.syntaxes import Syntax
from invoices.validation.profiles import Profile
from stores.letterheads import read_letterhead

LIBRARIES = ("factur-x", "saxonche", "typst", "pypdf")
SOURCES = ("exports/einvoice", "exports/pdf", "invoices/einvoice")


class Form(StrEnum):
    """What a document is made into."""

    PDF = "pdf"
    UBL = "ubl"
    CII = "cii"

    @property
    def ending(self) -> str:
        return "pdf" if self is Form.PDF else "xml"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file: its form, and the profile that it must keep. A PDF without one is made for every document."""

    form: Form
    profile: Profile | None = None

    @property
    def rules(self) -> Profile:
        """The profile that its XML is checked by."""
        return self.profile or Profile.EN16931

    @property
    def syntax(self) -> Syntax:
        """The syntax of its XML; a PDF contains a CII."""
        return Syntax.UBL if self.form is Form.UBL else Syntax.CII


def key_of(issued: IssuedDocument, wanted: Wanted) -> str:
    """The same for the same document as long as it would be written and checked the same; raises `RulesNotInstalled`.

    It begins with the invoice, so that all files of one are found: see `prefix_of`.
    """
    said = json.dumps(asdict(issued), default=str, sort_keys=True)
    if wanted.form is Form.PDF:
        said += repr(read_letterhead(issued.store_id))
    made_by = (wanted.form, wanted.profile or "", version_of(wanted.rules, wanted.syntax), _writers(), said)
    return prefix_of(issued.id) + hashlib.sha256("\n".join(made_by).encode()).hexdigest()


def prefix_of(invoice_id: int) -> str:
    """How the keys of all files of an invoice begin; the first two characters spread invoices over folders."""
    return f"{invoice_id % 256:02x}-{invoice_id}-"


@cache
def _writers() -> str:
    """Which version of our own code, and of the libraries, writes."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[2]
    for path in sorted(path for place in SOURCES for path in (root / place).glob("*.*")):
        digest.update(path.name.encode() + path.read_bytes())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()
