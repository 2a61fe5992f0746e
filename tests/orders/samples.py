"""Orders that the tests are made of, and what issuing the documents of a plan leads to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from invoices.documents.types import GivenVat, Party
from orders.plan import plan
from orders.snapshot import OrderLine, OrderSnapshot, OrderState, Refund
from orders.types import Issued, Plan, Terms

SELLER = Party(name="Nordwind GmbH", street="Hafenstr. 1", city="Kiel", postcode="24103", country="DE", vat_id="DE1")
BUYER = Party(name="Erika Musterfrau", street="Beispielweg 1", city="Berlin", postcode="10115", country="DE")
TERMS = Terms(source="store-main", seller=SELLER, zone=UTC)
PLACED = datetime(2026, 11, 29, 10, tzinfo=UTC)
PAID = PLACED + timedelta(minutes=1)


def line(net: str, rate: str = "0.19", quantity: str = "1", **more: Any) -> OrderLine:
    values: dict[str, Any] = {"description": "Mug"} | more
    return OrderLine(quantity=Decimal(quantity), net=Decimal(net), vat_rate=Decimal(rate), **values)


def vat(**by_rate: str) -> tuple[GivenVat, ...]:
    """`vat(p19="1.60")`: the VAT at 19 %."""
    return tuple(GivenVat(rate=Decimal(name[1:]) / 100, amount=Decimal(amount)) for name, amount in by_rate.items())


def order(*lines: OrderLine, total: str = "9.99", **changes: Any) -> OrderSnapshot:
    """A paid order: by default one mug for 9.99, which is 8.39 and VAT of 1.60."""
    values: dict[str, Any] = {
        "external_id": "18",
        "number": "18",
        "state": OrderState.OPEN,
        "currency": "EUR",
        "total": Decimal(total),
        "placed_at": PLACED,
        "updated_at": PAID,
        "paid_at": PAID,
        "buyer": BUYER,
        "lines": lines or (line("8.39"),),
        "vat": vat(p19="1.60"),
    }
    return OrderSnapshot(**values | changes)


def refund(name: str, amount: str, *lines: OrderLine, hours: int = 1, **more: Any) -> Refund:
    moment = PAID + timedelta(hours=hours)
    return Refund(external_id=name, created_at=moment, amount=Decimal(amount), lines=lines, **more)


def apply(made: Plan, issued: Sequence[Issued] = ()) -> list[Issued]:
    """All documents of the order once those of the plan are issued."""
    names = {one.external_id: one.number for one in issued}
    found = list(issued)
    for planned in made.documents:
        assert planned.external_id not in names, "the external id of a document is used once"
        names[planned.external_id] = f"N-{len(found) + 1:06d}"
        found.append(planned.as_issued(names[planned.external_id]))
    return found


def follow(*snapshots: OrderSnapshot, terms: Terms = TERMS) -> tuple[Plan, list[Issued]]:
    """The last plan and all documents, once each of `snapshots` was planned and its documents were issued."""
    issued: list[Issued] = []
    for snapshot in snapshots:
        made = plan(snapshot, issued, terms)
        issued = apply(made, issued)
        assert plan(snapshot, issued, terms).documents == (), "a plan that is carried out plans nothing more"
    return made, issued


def summary(issued: Sequence[Issued]) -> list[tuple[str, str]]:
    """External ids and totals."""
    return [(one.external_id, str(one.total)) for one in issued]
