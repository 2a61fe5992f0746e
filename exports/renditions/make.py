"""Makes the file of a document. Imports all the libraries there are: for processes that end."""

from __future__ import annotations

import json

from exports.einvoice.fields import field_of
from exports.einvoice.rules import Violation, check
from exports.pdf.typeset import typeset
from exports.renditions.keys import Form, Wanted
from exports.renditions.store import Kept
from invoices.documents.types import IssuedDocument
from invoices.einvoice.profiles import adapt
from invoices.einvoice.terms import terms_of
from invoices.einvoice.writer import write_xml
from invoices.validation.profiles import find_missing
from stores.letterheads import read_letterhead


def make(issued: IssuedDocument, wanted: Wanted) -> Kept:
    """The file, or why there is none. Raises `exports.einvoice.rules.CheckFailed` when the check cannot run."""
    xml, violations = make_xml(issued, wanted)
    if wanted.form is Form.PDF and not (violations and wanted.profile):
        return Kept(content=typeset(issued, cii=xml, letterhead=read_letterhead(issued.store_id)))
    if xml is None:
        return Kept(content=_describe(violations), is_refusal=True)
    return Kept(content=xml)


def make_xml(issued: IssuedDocument, wanted: Wanted) -> tuple[bytes | None, list[Violation]]:
    """The XML when it breaks no rule, else the rules."""
    missing = [] if issued.is_test else find_missing(issued.document, wanted.rules)
    if missing:
        return None, [Violation(rule=one.rule, message=one.message, location=one.field) for one in missing]
    try:
        xml = write_xml(adapt(terms_of(issued), wanted.rules), wanted.syntax)
    except ValueError as error:
        return None, [Violation(rule="XML", message=str(error))]
    violations = check(xml, wanted.syntax, wanted.rules)
    return (None if violations else xml), violations


def _describe(violations: list[Violation]) -> bytes:
    found = [
        {"field": field_of(one.rule, one.location), "rule": one.rule, "message": one.message} for one in violations
    ]
    return json.dumps(found).encode()
