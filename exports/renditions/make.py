"""Makes the file of a document. Imports all the libraries there are: for processes that end."""

from __future__ import annotations

import json

from exports.einvoice.rules import Violation, check
from exports.einvoice.terms import terms_of
from exports.einvoice.writer import Syntax, write_xml
from exports.pdf.typeset import typeset
from exports.renditions.keys import Form
from exports.renditions.store import Kept
from invoices.documents.types import IssuedDocument
from invoices.validation.en16931 import find_missing
from stores.letterheads import read_letterhead


def make(issued: IssuedDocument, form: Form) -> Kept:
    """The file, or why there is none. Raises `exports.einvoice.rules.CheckFailed` when the check cannot run."""
    if form is Form.PDF:
        xml, _ = make_xml(issued, Syntax.CII)
        return Kept(content=typeset(issued, cii=xml, letterhead=read_letterhead(issued.store_id)))
    xml, violations = make_xml(issued, Syntax(form))
    if xml is None:
        return Kept(content=_describe(violations), is_refusal=True)
    return Kept(content=xml)


def make_xml(issued: IssuedDocument, syntax: Syntax) -> tuple[bytes | None, list[Violation]]:
    """The XML when it breaks no rule, else the rules."""
    missing = [] if issued.is_test else find_missing(issued.document)
    if missing:
        return None, [Violation(rule=one.rule, message=one.message, location=one.field) for one in missing]
    try:
        xml = write_xml(terms_of(issued), syntax)
    except ValueError as error:
        return None, [Violation(rule="XML", message=str(error))]
    violations = check(xml, syntax)
    return (None if violations else xml), violations


def _describe(violations: list[Violation]) -> bytes:
    found = [{"field": one.location, "rule": one.rule, "message": one.message} for one in violations]
    return json.dumps(found).encode()
