"""Sums of documents: VAT per rate on the sum of its lines, half up."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from invoices.documents.amounts import amounts_of
from invoices.documents.types import Document, Line, Party, VatGroup


def line(quantity: str, unit_price: str, vat_rate: str = "0.2") -> Line:
    return Line(
        description="Mug", quantity=Decimal(quantity), unit_price=Decimal(unit_price), vat_rate=Decimal(vat_rate)
    )


def document(*lines: Line) -> Document:
    return Document(
        issued_at=datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
        seller=Party(name="Shop"),
        buyer=Party(name="Buyer"),
        currency="GBP",
        lines=lines,
    )


def test_vat_is_taken_on_the_sum_of_a_rate_and_not_line_by_line() -> None:
    of_three = document(line("1", "0.02"), line("1", "0.02"), line("1", "0.02"))
    # 0.02 x 0.2 rounds to 0.00 on each line; 0.06 x 0.2 is 0.012.
    assert amounts_of(of_three).vat_amount == Decimal("0.01")
    assert amounts_of(of_three).total_amount == Decimal("0.07")


def test_each_rate_has_a_group_and_a_document_of_several_has_no_rate_of_its_own() -> None:
    mixed = amounts_of(document(line("2", "10", "0.2"), line("1", "5", "0"), line("-1", "1", "0.2")))
    assert mixed.groups == (
        VatGroup(rate=Decimal("0"), category="Z", net=Decimal("5.00"), vat=Decimal("0.00"), roundings=1),
        VatGroup(rate=Decimal("0.2"), category="S", net=Decimal("19.00"), vat=Decimal("3.80"), roundings=3),
    )
    assert mixed.vat_rate is None
    assert (mixed.subtotal, mixed.vat_amount, mixed.total_amount) == (
        Decimal("24.00"), Decimal("3.80"), Decimal("27.80"),
    )  # fmt: skip


def test_a_line_is_rounded_half_up_to_cents() -> None:
    assert line("3", "0.335").net == Decimal("1.01")
    assert line("-3", "0.335").net == Decimal("-1.01")
