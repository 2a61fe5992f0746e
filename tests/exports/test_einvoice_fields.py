"""Each field of a document in both syntaxes, and what a document lacks for EN 16931, by the field's name."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from exports.einvoice import rules
from invoices.documents.types import Allowance, Delivery, ElectronicAddress, IssuedDocument, Payment
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import terms_of
from invoices.einvoice.writer import write_xml
from invoices.validation.en16931 import find_missing
from tests.exports.samples import ALL_FIELDS, BUYER, CATEGORIES, DELIVERY, KINDS, RICH_BUYER, SELLER, issued, line

ZERO = Decimal(0)
# What UBL and CII hold of `ALL_FIELDS`; UBL writes days with dashes.
TEXTS = (
    "Hof 2", "NRW", "HRB 1234", "4012345000009", "Ada", "+49 221 1", "ada@nordwind.example", "Porte B", "Loire", "SIREN 1",
    "ap@ocean.example", "Bo", "Ocean depot", "Rue 3", "Quai 4", "75001", "Paris", "IDF", "58", "RF18 5390", "Net 14 days",
    "DE89370400440532013000", "Loyal customer", "Shipping", "Scratched", "Discount", "04011000-12345-67", "PO-77", "OLD-1",
    "OLD-2", "1.50", "4.90", "10.00", "0.02", "45.75", "35.77",
)  # fmt: skip
DAYS = ("2026-11-21", "2026-11-20", "2026-12-05", "2026-01-02")


def texts_of(document: IssuedDocument, syntax: Syntax) -> list[str]:
    root: Any = etree.fromstring(write_xml(terms_of(document), syntax))
    return [element.text for element in root.iter() if element.text and element.text.strip()]


@pytest.mark.parametrize("syntax", Syntax)
def test_each_field_is_in_the_xml(syntax: Syntax) -> None:
    found = texts_of(ALL_FIELDS, syntax)
    days = DAYS if syntax is Syntax.UBL else [day.replace("-", "") for day in DAYS]
    assert {*TEXTS, *days} - set(found) == set()


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize(
    ("category", "reason"),
    [
        ("E", "Article 132"),
        ("AE", "Reverse charge"),
        ("K", "Intra-community supply"),
        ("G", "Export outside the EU"),
        ("O", "Not subject to VAT"),
    ],
)
def test_a_category_without_vat_has_its_reason(category: str, reason: str, syntax: Syntax) -> None:
    assert {category, reason} <= set(texts_of(CATEGORIES[category], syntax))


@pytest.mark.parametrize("syntax", Syntax)
def test_the_zero_rate_has_no_reason(syntax: Syntax) -> None:
    assert "Books" not in texts_of(CATEGORIES["Z"], syntax)


@pytest.mark.parametrize("syntax", Syntax)
def test_a_rate_keeps_its_decimals_and_vat_is_as_given(syntax: Syntax) -> None:
    assert "8.875" in texts_of(CATEGORIES["S"], syntax)
    assert {"8.39", "1.60", "9.99"} <= set(texts_of(KINDS["VAT as given"], syntax))


@pytest.mark.parametrize("syntax", Syntax)
def test_a_currency_without_decimals_is_written_without_them(syntax: Syntax) -> None:
    found = texts_of(KINDS["no decimals"], syntax)
    assert {"1200", "120", "1320", "-1", "1319"} <= set(found)
    assert not [text for text in found if text.endswith(".00")]


def test_the_rounding_amount_is_in_the_currency_of_the_document() -> None:
    xml = write_xml(terms_of(KINDS["no decimals"]), Syntax.UBL)
    assert b'<cbc:PayableRoundingAmount currencyID="JPY">' in xml


@pytest.mark.parametrize("syntax", Syntax)
def test_nothing_is_payable_on_receipt_when_all_was_prepaid(syntax: Syntax) -> None:
    found = texts_of(KINDS["all prepaid"], syntax)
    assert "Paid; nothing is to be paid." in found
    assert "0.00" in found


NO_VAT_ID = replace(SELLER, vat_id="")
EAS = ElectronicAddress(scheme="0000", value="1")
LACKING: list[tuple[IssuedDocument, str, str]] = [
    *(
        (issued(line(rate="0", vat_category=category, exemption_reason="x"), seller=NO_VAT_ID), "seller.vat_id", rule)
        for category, rule in (("Z", "BR-Z-02"), ("E", "BR-E-02"), ("G", "BR-G-02"))
    ),
    (issued(line(rate="0", vat_category="AE")), "buyer.vat_id", "BR-AE-02"),
    (issued(line(rate="0", vat_category="K"), delivery=DELIVERY), "buyer.vat_id", "BR-IC-02"),
    (issued(line(rate="0", vat_category="K"), buyer=RICH_BUYER), "delivery.date", "BR-IC-11"),
    (
        issued(line(rate="0", vat_category="K"), buyer=RICH_BUYER, delivery=replace(DELIVERY, country="")),
        "delivery.country",
        "BR-IC-12",
    ),
    (
        issued(line(rate="0", vat_category="O"), seller=replace(SELLER, external_id="")),
        "seller.registration",
        "BR-CO-26",
    ),
    (issued(buyer=replace(BUYER, electronic_address=EAS)), "buyer.electronic_address.scheme", "BR-CL-25"),
    (issued(payment=Payment(means_code="58")), "payment.iban", "BR-61"),
    (issued(payment=Payment(means_code="0")), "payment.means_code", "BR-CL-16"),
    (issued(currency="STN"), "currency", "BR-CL-04"),
]


@pytest.mark.parametrize(("document", "field", "rule"), LACKING)
def test_what_a_document_lacks_is_named_by_its_field(document: IssuedDocument, field: str, rule: str) -> None:
    found = find_missing(document.document)
    assert (field, rule) in {(finding.field, finding.rule) for finding in found}
    broken = {each.rule for each in rules.check(write_xml(terms_of(document), Syntax.UBL), Syntax.UBL)}
    assert rule in broken, "the standard says so too"


def test_an_address_of_delivery_without_a_country_is_named() -> None:
    [finding] = find_missing(issued(delivery=Delivery(city="Paris")).document)
    assert (finding.field, finding.rule) == ("delivery.country", "BR-57")
    [finding] = find_missing(issued(delivery=Delivery(country="XX")).document)
    assert (finding.field, finding.rule) == ("delivery.country", "BR-CL-14")


def test_what_is_not_subject_to_vat_stands_alone() -> None:
    charge = Allowance(amount=Decimal(1), vat_rate=ZERO, vat_category="O")
    assert "BR-O-11" in {finding.rule for finding in find_missing(issued(line(), charges=(charge,)).document)}
