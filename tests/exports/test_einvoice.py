"""E-invoices: every kind passes the schema and the Schematron of EN 16931, what is broken fails with the rule's id."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.einvoice import rules
from invoices.documents.types import IssuedDocument, Kind, Party
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import terms_of
from invoices.einvoice.writer import write_xml
from invoices.validation.en16931 import find_missing
from tests.exports.samples import BUYER, KINDS, SELLER, issued, line

TOTAL = {Syntax.UBL: b">119.00</cbc:PayableAmount>", Syntax.CII: b">119.00</ram:DuePayableAmount>"}

# The same rule by another name: Factur-X has its own for code lists, and in UBL no country leaves no address.
ALSO = {"BR-CL-14": {"BR-CL-14", "FX-SCH-A-000580"}, "BR-11": {"BR-10", "BR-11"}}


def broken(document: IssuedDocument, syntax: Syntax) -> set[str]:
    """The ids of the rules that the document breaks."""
    return {violation.rule for violation in rules.check(write_xml(terms_of(document), syntax), syntax)}


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_document_is_valid(kind: str, syntax: Syntax) -> None:
    assert rules.check(write_xml(terms_of(KINDS[kind]), syntax), syntax) == []


def test_a_credit_note_is_a_document_of_its_own_type_and_names_what_it_corrects() -> None:
    ubl = write_xml(terms_of(KINDS["credit note"]), Syntax.UBL).decode()
    assert "<CreditNote " in ubl
    assert ">381</cbc:CreditNoteTypeCode>" in ubl
    assert ">INV-000000</cbc:ID>" in ubl
    assert ">119.00</cbc:PayableAmount>" in ubl, "positive: its type says that it takes off"
    assert "<ram:TypeCode>381</ram:TypeCode>" in write_xml(terms_of(KINDS["credit note"]), Syntax.CII).decode()


def test_a_generated_document_says_that_it_is_a_test() -> None:
    for syntax in Syntax:
        assert b"TEST DOCUMENT" in write_xml(terms_of(KINDS["generated"]), syntax)
        assert b"TEST DOCUMENT" not in write_xml(terms_of(KINDS["one line"]), syntax)


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"seller": replace(SELLER, vat_id="")}, "BR-S-02"),
        ({"seller": replace(SELLER, country="XX", vat_id="DE1")}, "BR-CL-14"),
        ({"buyer": replace(BUYER, name="")}, "BR-07"),
        ({"seller": replace(SELLER, vat_id="QQ12")}, "BR-CO-09"),
        ({"buyer": replace(BUYER, country="")}, "BR-11"),
    ],
)
def test_a_document_that_breaks_a_rule_is_refused_with_its_id(syntax: Syntax, changes: Any, rule: str) -> None:
    document = issued(**changes)
    if rule == "BR-CO-09":  # The letters would be put in front: break it behind the terms.
        xml = write_xml(terms_of(issued()), syntax).replace(b"DE123456789", b"QQ123456789")
        assert rule in {violation.rule for violation in rules.check(xml, syntax)}
    else:
        assert ALSO.get(rule, {rule}) & broken(document, syntax)


@pytest.mark.parametrize("syntax", Syntax)
def test_a_wrong_sum_is_refused_with_the_id_of_the_rule(syntax: Syntax) -> None:
    xml = write_xml(terms_of(issued()), syntax)
    assert TOTAL[syntax] in xml
    wrong = xml.replace(TOTAL[syntax], TOTAL[syntax].replace(b"119.00", b"118.00"))
    assert "BR-CO-16" in {violation.rule for violation in rules.check(wrong, syntax)}


@pytest.mark.parametrize("syntax", Syntax)
def test_what_is_not_of_the_schemas_shape_is_refused(syntax: Syntax) -> None:
    xml = write_xml(terms_of(issued()), syntax)
    assert {violation.rule for violation in rules.check(xml.replace(b"Amount", b"Amuont"), syntax)} == {"XSD"}
    assert [violation.rule for violation in rules.check(b"<a/>", syntax)] == ["XSD"]
    assert [violation.rule for violation in rules.check(xml[:500], syntax)] == ["XML"]


def test_no_entity_is_read_from_outside() -> None:
    secret = Path(__file__)
    xml = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><a>&x;</a>'
    assert [violation.rule for violation in rules.check(xml.encode(), Syntax.UBL)] == ["XSD"]


def test_without_its_rules_nothing_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    rules._rules.cache_clear()
    monkeypatch.setitem(rules._SCHEMATRON, Syntax.UBL, Path("/nowhere.xslt"))
    with pytest.raises(rules.CheckFailed):
        rules.check(write_xml(terms_of(issued()), Syntax.UBL), Syntax.UBL)
    monkeypatch.undo()
    rules._rules.cache_clear()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"seller": Party(name="A"), "buyer": Party(name="B")}, ["seller.country", "seller.vat_id", "buyer.country"]),
        ({"buyer": replace(BUYER, country="France")}, ["buyer.country"]),
        ({"buyer": replace(BUYER, name=" ")}, ["buyer.name"]),
    ],
)
def test_what_is_missing_is_named_before_a_number_is_spent(changes: Any, fields: list[str]) -> None:
    assert [finding.field for finding in find_missing(issued(**changes).document)] == fields


def test_a_line_without_a_description_is_named() -> None:
    [finding] = find_missing(issued(line(), line(description=" ")).document)
    assert (finding.field, finding.rule) == ("lines.1.description", "BR-25")


EXAMPLES = int(os.environ.get("EINVOICE_EXAMPLES", "6"))
names = st.text(min_size=1, max_size=60).filter(lambda text: bool(text.strip()))
decimals = st.decimals(min_value=0, max_value=9999, places=6)
lines = st.builds(
    line,
    st.decimals(min_value=-50, max_value=999, places=6).map(str),
    decimals.map(str),
    st.sampled_from(["0", "0.0550", "0.07", "0.19", "0.2", "1"]),
    description=names,
    product_code=st.text(max_size=20),
)


@given(found=st.lists(lines, min_size=1, max_size=5), note=st.text(max_size=50), credited=st.booleans(), name=names)
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_document_that_lacks_nothing_is_valid(found: list[Any], note: str, credited: bool, name: str) -> None:
    kind = Kind.CREDIT_NOTE if credited else Kind.INVOICE
    document = issued(line("99999"), *found, note=note, kind=kind, buyer=replace(BUYER, name=name))
    assert document.total_amount > Decimal(0)
    if find_missing(document.document):
        return
    for syntax in Syntax:
        assert broken(document, syntax) == set()
