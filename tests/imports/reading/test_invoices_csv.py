"""Each column of `invoices-csv` becomes the field that it names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from imports.reading import invoices_csv
from imports.reading import options as reading_options
from imports.reading.values import BadValue
from invoices.documents.types import Allowance, Contact, Document, ElectronicAddress, GivenVat, Party, Preceding
from quality.rules import Broken

OPTIONS = reading_options.make({"format": "invoices-csv"})
ROW = {
    "number": "A1", "invoice_date": "2026-03-01T10:00:00Z", "seller_name": "Nordwind", "buyer_name": "Jo", "currency": "EUR",
    "description": "Mug", "quantity": "1", "unit_price": "8.39", "vat_rate": "0.19",
}  # fmt: skip
ADDRESS = ElectronicAddress(scheme="0088", value="4012345000009")


def parse(*rows: dict[str, str]) -> Document:
    names = {name for row in rows for name in row} | set(ROW)
    assert names <= set(invoices_csv.COLUMNS), "the premise: a file may have these columns"
    return invoices_csv.parse("A1", [dict.fromkeys(names, "") | ROW | row for row in rows], OPTIONS)


PARTY = {
    "street": "Weg 1", "street2": "Hof 2", "city": "Köln", "postcode": "50667", "region": "NRW", "country": "DE",
    "vat_id": "DE123456789", "registration": "HRB 1", "email": "a@b.example", "external_id": "7",
}  # fmt: skip


@pytest.mark.parametrize("role", ["seller", "buyer"])
def test_a_party_has_all_its_fields(role: str) -> None:
    more = PARTY | {
        "electronic_address_scheme": "0088", "electronic_address": "4012345000009", "contact_name": "Ada",
        "contact_phone": "+49 221 1", "contact_email": "ada@b.example",
    }  # fmt: skip
    found: Party = getattr(parse({f"{role}_{name}": value for name, value in more.items()}), role)
    contact = Contact(name="Ada", phone="+49 221 1", email="ada@b.example")
    assert found == Party(name=found.name, electronic_address=ADDRESS, contact=contact, **PARTY)


@pytest.mark.parametrize("missing", ["scheme", "value"])
def test_half_an_electronic_address_is_refused(missing: str) -> None:
    both = {"scheme": "buyer_electronic_address_scheme", "value": "buyer_electronic_address"}
    with pytest.raises(BadValue, match=rf"^{both[missing]}: it is missing"):
        parse({column: "0088" for name, column in both.items() if name != missing})


FIELDS: dict[str, tuple[dict[str, str], str, Any]] = {
    "an earlier invoice": (
        {"preceding_number": "OLD-1", "preceding_date": "2026-01-02"},
        "preceding",
        (Preceding(number="OLD-1", date=date(2026, 1, 2)),),
    ),
    "an allowance of the document": (
        {"document_allowance_amount": "2.00", "document_allowance_vat_rate": "0.19", "document_allowance_reason": "Loyal"},
        "allowances",
        (Allowance(amount=Decimal(2), vat_rate=Decimal("0.19"), reason="Loyal"),),
    ),
    "a charge of another category": (
        {"document_charge_amount": "4.90", "document_charge_vat_rate": "0", "document_charge_vat_category": "E"},
        "charges",
        (Allowance(amount=Decimal("4.90"), vat_rate=Decimal(0), vat_category="E"),),
    ),
    "a profile": ({"profile": "peppol"}, "profile", "peppol"),
    "a rounding amount": ({"rounding_amount": "-0.02"}, "rounding_amount", Decimal("-0.02")),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "field", "value"), FIELDS.values(), ids=FIELDS)
def test_a_field_of_the_document(columns: dict[str, str], field: str, value: Any) -> None:
    assert getattr(parse(columns, {}), field) == value


def test_an_allowance_without_a_rate_is_refused() -> None:
    with pytest.raises(BadValue, match=r"^document_charge_vat_rate: it is missing"):
        parse({"document_charge_amount": "4.90"})


def test_the_vat_of_the_lines_is_added_up_by_rate_and_category() -> None:
    reduced = {"vat_rate": "0.07", "vat_amount": "0.35"}
    given = parse({"vat_amount": "1.60"}, reduced, {"vat_amount": "1.59"}, {"vat_rate": "0"}).vat
    assert given == (
        GivenVat(rate=Decimal("0.19"), amount=Decimal("3.19")),
        GivenVat(rate=Decimal("0.07"), amount=Decimal("0.35")),
    )


def test_vat_of_some_lines_of_a_rate_is_refused() -> None:
    with pytest.raises(BadValue, match=r"^vat_amount: 1 of the 2 lines at rate 0.19 have it"):
        parse({"vat_amount": "1.60"}, {})


def test_rows_that_do_not_agree_are_refused() -> None:
    with pytest.raises(Broken, match=r"^buyer_contact_name: the rows of A1 have 'Ada' and 'Bo'"):
        parse({"buyer_contact_name": "Ada"}, {"buyer_contact_name": "Bo"})
