"""Documents of every kind that goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from invoices.documents.amounts import amounts_of
from invoices.documents.types import Document, IssuedDocument, Kind, Line, Party

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
    document = Document(
        issued_at=datetime(2026, 11, 21, 12, 30, 1, 234567, tzinfo=UTC), lines=lines or (line(),), **values
    )
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
KINDS = {
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
