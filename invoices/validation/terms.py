"""Checks further business terms of a document: only ids of terms, only texts, and nothing that the fields of the document say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from invoices.documents.types import Document, Kind
from invoices.validation.finding import Finding

# Identity, currency, amounts and VAT have fields, which alone decide.
OF_FIELDS = frozenset(
    ["BT-1", "BT-2", "BT-5", "BT-106", "BT-107", "BT-108", "BT-109", "BT-110", "BT-112", "BT-113", "BT-114", "BT-115",
     "BT-116", "BT-117", "BT-118", "BT-119", "BT-131", "BT-151", "BT-152", "amount", "vat_category_code",
     "vat_rate"]
)  # fmt: skip
# Below these, amounts have no fields: charges of a line are part of its unit price, and what is added (`+`) is zero.
_OWN_AMOUNTS = ("BG-28", "+")
_AMOUNTS = ("amount", "BT-116", "BT-117")
_ZERO = re.compile(r"0(\.0*)?")
# UNTDID 1001: the types that are credit notes in UBL.
CREDIT_NOTES = frozenset(["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"])
_NAME = re.compile(r"B[TG]-[0-9]{1,3}(-[0-9]{1,2})?", re.ASCII)
_BAD_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Groups that a document has once, and those whose entries are changed by their key.
_OBJECTS = frozenset(["BG-4", "BG-7", "BG-10", "BG-11", "BG-13", "BG-20", "BG-21", "BG-23", "BG-25"])
LONGEST_TEXT, DEEPEST, MOST_CHARACTERS = 5000, 5, 720_000
# A file in base64 that is attached (BG-24).
FILE = "BT-125"


def lint_terms(document: Document) -> Iterator[Finding]:
    """The rules that `document.terms` breaks."""
    terms = document.terms
    if not terms:
        return
    for name in terms:
        if not _NAME.fullmatch(str(name)):
            yield _finding("terms", f"{str(name)[:40]!r} is not the id of a business term, such as BT-12 or BG-14")
        elif (shape := _shape_of(name)) and terms[name] != "" and not isinstance(terms[name], shape):
            yield _finding(f"terms.{name}", f"it is not {'an object' if shape is dict else 'a list of objects'}")
    size = 0
    for path, value in _leaves("terms", terms):
        size += len(value) if isinstance(value, str) else 0
        if (why := _why_not(path, value)) is not None:
            yield _finding(path, why)
    if size > MOST_CHARACTERS:
        yield _finding(
            "terms", f"they have {size:,} characters; at most {MOST_CHARACTERS:,} are kept, attachments included"
        )
    if (code := terms.get("BT-3")) and (code in CREDIT_NOTES) != (document.kind is Kind.CREDIT_NOTE):
        yield _finding("terms.BT-3", f"{code!r:.20} is not a type of the kind {document.kind}")


def _shape_of(name: str) -> type | None:
    """The shape of a group; an empty text removes any term."""
    if not name.startswith("BG-"):
        return None
    return dict if name in _OBJECTS else list


def _leaves(path: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Each value that is not a group, with its path."""
    if depth > DEEPEST or not isinstance(value, dict | list):
        yield path, value
        return
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for name, each in entries:
        yield from _leaves(f"{path}.{str(name)[:40]}", each, depth + 1)


def _why_not(path: str, value: Any) -> str | None:
    if not isinstance(value, str):
        return f"{str(value)[:40]!r} is not a text; write amounts and days as texts too"
    names = path.split(".")
    if names[-1] in OF_FIELDS and not any(group in names for group in _OWN_AMOUNTS):
        return "a field of the document says this; leave the term out"
    if "+" in names and names[-1] in _AMOUNTS and not _ZERO.fullmatch(value):
        return f"{value[:20]!r} is not zero; use allowances and charges"
    if len(value) > LONGEST_TEXT and names[-1] != FILE:
        return f"it has {len(value)} characters; at most {LONGEST_TEXT} are kept"
    return "it holds a control character, which no text has" if _BAD_CHARACTERS.search(value) else None


def _finding(field: str, message: str) -> Finding:
    return Finding(field=field, message=f"{message}.")
