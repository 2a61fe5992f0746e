"""Simulated baskets reach the price on the shelf to the cent, and their refunds, split in any way, end at exactly zero.

`BASKETS` says how many (60,000 take some minutes); the same number is the same baskets.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from invoices.documents.amounts import GroupKey, amounts_of, is_within_bound
from invoices.documents.credits import Left, as_rounded, fit
from invoices.documents.gross import settle
from invoices.documents.types import Document, Kind, Line, Party

BASKETS = int(os.environ.get("BASKETS", "700"))
RATES = [["0.07"], ["0.08875"], ["0.15"], ["0.19"], ["0.19", "0.07"], ["0.2"], ["0.25"]]
PRICES = """0.01 0.02 0.10 0.33 0.49 0.99 1.49 1.99 2.99 4.49 4.90 4.99 5.95 7.99 9.99 12.90 14.95 15.00 19.95 19.99 24.99
    29.90 39.00 49.95 79.20 99.00 129.99""".split()  # noqa: SIM905
SHOP = Party(name="Shop")


def basket(draw: random.Random, rates: list[str], *, is_gross: bool) -> Document:
    lines = tuple(_line(draw, draw.choice(rates)) for _ in range(draw.randint(1, 8)))
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    return Document(issued_at=moment, seller=SHOP, buyer=SHOP, currency="EUR", lines=lines, prices_include_vat=is_gross)


def _line(draw: random.Random, rate: str) -> Line:
    price = draw.choice(PRICES) if draw.random() < 0.8 else f"{draw.randint(1, 30_000) / 100:.2f}"
    quantity = Decimal(draw.choice([1, 1, 1, 2, 3, 5, 7, 10]))
    return Line(description="Mug", quantity=quantity, unit_price=Decimal(price), vat_rate=Decimal(rate))


def refunds(draw: random.Random, sold: Document, left: dict[GroupKey, Left]) -> Iterator[Document]:
    """The whole of it, in lines, in pieces or in amounts, in any order."""
    way = draw.choice(["lines", "pieces", "amounts"])
    if way == "lines":
        parts = [(line,) for line in sold.lines]
    elif way == "pieces":
        parts = [(replace(line, quantity=Decimal(1)),) for line in sold.lines for _ in range(int(line.quantity))]
    else:
        parts = [(line,) for one in left.values() for line in _amounts(draw, one, is_gross=sold.prices_include_vat)]
    draw.shuffle(parts)
    for lines in parts:
        yield replace(sold, kind=Kind.CREDIT_NOTE, lines=lines)


def _amounts(draw: random.Random, one: Left, *, is_gross: bool) -> Iterator[Line]:
    rest = one.net + one.vat if is_gross else one.net
    while rest:
        part = min(rest, Decimal(draw.randint(1, 3000)) / 100)
        rest -= part
        yield Line(description="Refund", quantity=Decimal(1), unit_price=part, vat_rate=one.rate)


def shelf_price(document: Document) -> Decimal:
    return sum((line.quantity * line.unit_price for line in document.lines), Decimal(0))


@pytest.mark.parametrize("is_gross", [True, False], ids=["gross", "net"])
@pytest.mark.parametrize("rates", RATES, ids=["+".join(rates) for rates in RATES])
@pytest.mark.timeout(3600)
def test_baskets_reach_the_shelf_price_and_refunds_end_at_zero(rates: list[str], is_gross: bool) -> None:
    draw = random.Random(f"{rates} {is_gross}")
    for _ in range(BASKETS // (2 * len(RATES))):
        sold = basket(draw, rates, is_gross=is_gross)
        amounts = amounts_of(settle(sold))
        assert not is_gross or amounts.total_amount == shelf_price(sold)
        assert all(map(is_within_bound, amounts.groups))
        left = {(one.rate, one.category): Left(one.rate, one.category, one.net, one.vat, one.roundings)
                for one in amounts.groups}  # fmt: skip
        for part in refunds(draw, sold, left):
            refund(part, left)
        assert not any(one.net or one.vat for one in left.values())


def refund(part: Document, left: dict[GroupKey, Left]) -> None:
    """Take the credit note `part` off what is `left`."""
    amounts = amounts_of(fit(part, left))
    assert not part.prices_include_vat or amounts.total_amount == shelf_price(part)
    for group in amounts.groups:
        one = left[group.rate, group.category]
        rounded = as_rounded(group, left)
        assert one.why_not(rounded) is None
        assert is_within_bound(rounded)
        left[group.rate, group.category] = one.less(group)
