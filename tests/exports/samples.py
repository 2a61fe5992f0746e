"""Documents of every kind that goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from invoices.documents.amounts import amounts_of
from invoices.documents.types import (
    Allowance,
    Contact,
    Delivery,
    Document,
    ElectronicAddress,
    GivenVat,
    IssuedDocument,
    Kind,
    Line,
    LineAllowance,
    Party,
    Payment,
    Preceding,
)

SELLER = Party(
    name="Nordwind <GmbH> & Co", street="Hauptstr. 1", city="Köln", postcode="50667", country="DE", vat_id="DE123456789",
    email="rechnung@nordwind.example", external_id="77",
)  # fmt: skip
BUYER = Party(name="Ocean & Sons", street="12 Quai", city="Nantes", postcode="44000", country="FR", external_id="C-9")


def line(quantity: str = "1", price: str = "100", rate: str = "0.19", **changes: Any) -> Line:
    description = changes.pop("description", "Mug")
    return Line(
        description=description,
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        vat_rate=Decimal(rate),
        **changes,
    )


def issued(*lines: Line, number: str = "INV-000001", is_test: bool = False, **changes: Any) -> IssuedDocument:
    values: dict[str, Any] = {"seller": SELLER, "buyer": BUYER, "currency": "EUR"} | changes
    values["lines"] = lines or values.get("lines") or (line(),)
    document = Document(issued_at=datetime(2026, 11, 21, 12, 30, 1, 234567, tzinfo=UTC), **values)
    sums = amounts_of(document)
    return IssuedDocument(
        id=1, number=number, printed_number=number, series="INV", ordinal=1, day=document.issued_at.date(),
        document=document, vat_groups=sums.groups, is_test=is_test, subtotal=sums.subtotal,
        vat_amount=sums.vat_amount, total_amount=sums.total_amount,
    )  # fmt: skip


MANY = (
    line("3", "2.335", product_code="A1"), line("-1", "0.5", "0.07"), line("2.5", "9.999999", "0.07"),
    line("1", "7", "0"), line("1", "3", "0.155"),
)  # fmt: skip
RICH_SELLER = replace(
    SELLER, street2="Hof 2", region="NRW", registration="HRB 1234",
    electronic_address=ElectronicAddress(scheme="0088", value="4012345000009"),
    contact=Contact(name="Ada", phone="+49 221 1", email="ada@nordwind.example"),
)  # fmt: skip
RICH_BUYER = replace(
    BUYER, vat_id="FR12345678901", street2="Porte B", region="Loire", registration="SIREN 1",
    electronic_address=ElectronicAddress(scheme="EM", value="ap@ocean.example"), contact=Contact(name="Bo"),
)  # fmt: skip
DELIVERY = Delivery(
    date=date(2026, 11, 20), name="Ocean depot", street="Rue 3", street2="Quai 4", postcode="75001", city="Paris",
    region="IDF", country="FR",
)  # fmt: skip
TRANSFER = Payment(means_code="58", reference="RF18 5390", terms="Net 14 days", iban="DE89 3704 0044 0532 0130 00")
ALL_FIELDS = issued(
    line("2", "10", allowances=(LineAllowance(amount=Decimal("1.50"), reason="Scratched"),)),
    line("1", "20", "0.07", allowances=(LineAllowance(amount=Decimal("0.50")),)),
    seller=RICH_SELLER, buyer=RICH_BUYER, delivery=DELIVERY, payment=TRANSFER, due_date=date(2026, 12, 5),
    allowances=(Allowance(amount=Decimal("2"), vat_rate=Decimal("0.19"), reason="Loyal customer"),),
    charges=(Allowance(amount=Decimal("4.90"), vat_rate=Decimal("0.07"), reason="Shipping"),),
    prepaid_amount=Decimal("10"), rounding_amount=Decimal("0.02"), buyer_reference="04011000-12345-67",
    order_reference="PO-77", preceding=(Preceding(number="OLD-1", date=date(2026, 1, 2)), Preceding(number="OLD-2")),
)  # fmt: skip
CATEGORIES = {
    "S": issued(line(rate="0.08875")),
    "Z": issued(line(rate="0", exemption_reason="Books")),
    "E": issued(line(rate="0", vat_category="E", exemption_reason="Article 132")),
    "AE": issued(line(rate="0", vat_category="AE"), buyer=RICH_BUYER),
    "K": issued(line(rate="0", vat_category="K"), buyer=RICH_BUYER, delivery=DELIVERY),
    "G": issued(line(rate="0", vat_category="G"), buyer=replace(BUYER, country="US")),
    "O": issued(line(rate="0", vat_category="O"), seller=RICH_SELLER, buyer=RICH_BUYER),
}
KINDS = {
    **{f"category {category}": one for category, one in CATEGORIES.items()},
    "all fields": ALL_FIELDS,
    "credit note with all fields": issued(
        **{
            name: getattr(ALL_FIELDS.document, name)
            for name in ("seller", "buyer", "delivery", "payment", "allowances", "charges", "preceding", "lines")
        },
        kind=Kind.CREDIT_NOTE,
        corrects="INV-000000",
        reason="Returned",
    ),
    "two categories": issued(line(), line(rate="0", vat_category="E", exemption_reason="Article 132")),
    "VAT as given": issued(line("1", "8.39"), vat=(GivenVat(rate=Decimal("0.19"), amount=Decimal("1.60")),)),
    "no decimals": issued(line("3", "400", "0.1"), currency="JPY", rounding_amount=Decimal("-1"), payment=Payment()),
    "all prepaid": issued(prepaid_amount=Decimal("119"), payment=Payment(means_code="48", reference="ch_1")),
    "nothing to pay": issued(line("1", "0", "0.19")),
    "an account without means": issued(payment=Payment(iban="GB29NWBK60161331926819")),
    "a foreign account": issued(payment=Payment(means_code="30", iban="12345678")),
    "a reference alone": issued(payment=Payment(reference="order 7")),
    "terms alone": issued(payment=Payment(terms="Net 30 days")),
    "a day of delivery alone": issued(delivery=Delivery(date=date(2026, 11, 20))),
    "a country of delivery alone": issued(delivery=Delivery(country="FR")),
    "a name of delivery alone": issued(delivery=Delivery(name="The neighbour")),
    "one line": issued(due_date=date(2026, 12, 21)),
    "many rates": issued(*MANY, note="Thank you."),
    "a negative group": issued(line("10"), line("-1", "5", "0.07")),
    "credit note": issued(kind=Kind.CREDIT_NOTE, corrects="INV-000000", reason="Broken on the way"),
    "credit note for nothing": issued(kind=Kind.CREDIT_NOTE, reason="Goodwill"),
    "zero rated": issued(line(rate="0")),
    "generated": issued(seller=Party(name="Alpha Ltd"), buyer=Party(name="Beta LLC"), is_test=True, currency="SAR"),
    "odd text": issued(
        line(description="a\x01b\ufffe <&> ]]> \N{GRINNING FACE} #strong[x] $x$ *b*"), note="\x00\ud7ff"
    ),
    "no prefix": issued(seller=replace(SELLER, country="GR", vat_id="123 456 789")),
}
