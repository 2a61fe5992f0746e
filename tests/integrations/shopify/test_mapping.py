"""Shopify's bodies lead to the documents that they must lead to, to the cent."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integrations.shopify.mapping import snapshot_of
from orders.plan import plan
from orders.reading import NotAnOrder
from orders.snapshot import OrderState, Presentment
from orders.types import Issued, Plan
from tests.integrations.shopify.bodies import (
    ADDRESS,
    AMOUNT_BACK,
    INVOICED,
    MUG,
    MUG_BACK,
    NOT_INVOICED,
    ONE_MUG,
    TWO_RATES,
    Body,
    adjustment,
    back,
    both,
    item,
    order,
    refund,
    shipping,
)
from tests.orders.samples import TERMS, apply

# A folder of captured bodies with their `expected.json`, where there is one.
PAYLOADS = os.environ.get("SHOP_PAYLOADS", "")


def documents(body: Body, *refunds: Body) -> tuple[Plan, list[Issued]]:
    made = plan(snapshot_of(body | {"refunds": list(refunds)}), [], TERMS)
    assert made.account.difference == 0
    return made, apply(made)


def groups(issued: Issued) -> list[tuple[str, str, str]]:
    return [(f"{one.rate.normalize():f}", str(one.net), str(one.vat)) for one in issued.groups]


@pytest.mark.parametrize("name", INVOICED)
def test_an_order_is_invoiced_as_the_shop_charged_it(name: str) -> None:
    body, expected = INVOICED[name]
    made, [invoice] = documents(body)
    assert groups(invoice) == expected
    assert made.account.worth == Decimal(body["total_price"])


@pytest.mark.parametrize("name", NOT_INVOICED)
def test_an_order_that_is_not_invoiced_has_its_reason(name: str) -> None:
    body, expected = NOT_INVOICED[name]
    made, issued = documents(body)
    assert (f"{made.state}:{made.rule}", issued) == (expected, [])


@pytest.mark.parametrize(
    "body",
    [{}, [], None, {"id": 1}, ONE_MUG | {"line_items": [None]}, ONE_MUG | {"total_price_set": both("x")},
     ONE_MUG | {"updated_at": None}, ONE_MUG | {"created_at": "today"}],
)  # fmt: skip
def test_what_is_not_an_order_is_named(body: Any) -> None:
    with pytest.raises(NotAnOrder):
        snapshot_of(body)


def test_gift_cards_sold_and_tips_are_in_the_account() -> None:
    made, [invoice] = documents(order("59.99", item("50.00", gift_card=True), item("9.99", 0.19)))
    assert (invoice.total, made.account.vouchers) == (Decimal("9.99"), Decimal("50.00"))
    made, [invoice] = documents(order("11.99", item("9.99", 0.19), total_tip_received="2.00"))
    assert (invoice.total, made.account.tips) == (Decimal("9.99"), Decimal("2.00"))


def test_an_order_that_a_gift_card_paid_in_full_is_invoiced_in_full() -> None:
    """Shopify keeps the total of such an order; the gift card is one of its payments."""
    made, [invoice] = documents(ONE_MUG | {"payment_gateway_names": ["gift_card"], "total_outstanding": "0.00"})
    assert (invoice.total, made.account.worth) == (Decimal("9.99"), Decimal("9.99"))


def test_two_taxes_of_a_line_that_are_rounded_apart_are_invoiced_and_refunded_to_the_cent() -> None:
    mug = item("12.90", 0.05, 0.09975, is_gross=False)
    bought = order("29.68", mug, mug | {"id": 200202}, taxes_included=False)
    made, [invoice] = documents(bought)
    assert groups(invoice) == [("0.14975", "25.80", "3.86")]
    assert made.account.rounding == Decimal("0.02")
    one, other = (refund(number, "14.84", back(mug, "12.90", "1.94")) for number in (1, 2))
    made, issued = documents(bought, one, other)
    assert [str(each.total + each.rounding) for each in issued] == ["29.68", "14.84", "14.84"]
    assert made.account.worth == made.account.rounding == 0


def test_a_tax_that_no_rounding_of_two_taxes_explains_is_quarantined() -> None:
    taxes = [{"rate": 0.05, "price": "0.66"}, {"rate": 0.09975, "price": "1.31"}]
    made, issued = documents(order("14.87", item("12.90") | {"tax_lines": taxes}, taxes_included=False))
    assert (made.rule, issued) == ("vat-differs", [])


def test_what_the_buyer_saw_is_kept_for_display() -> None:
    snapshot = snapshot_of(INVOICED["seen-in-pounds"][0])
    assert (snapshot.currency, snapshot.presentment) == ("EUR", Presentment(currency="GBP", total=Decimal("142.32")))


def test_refunds_are_credited_by_lines_or_by_amount() -> None:
    made, issued = documents(TWO_RATES | {"financial_status": "partially_refunded"}, MUG_BACK, AMOUNT_BACK)
    assert groups(issued[1]) == [("0.19", "7.55", "1.44")]
    assert groups(issued[2]) == [("0.07", "0.63", "0.04"), ("0.19", "1.12", "0.21")]
    assert made.account.worth == Decimal("32.49")


def test_shipping_is_given_back_by_lines_or_by_an_older_adjustment() -> None:
    line = {
        "id": 1,
        "subtotal_amount_set": both("4.90"),
        "tax_amount_set": both("0.78"),
        "shipping_line": shipping("4.90", 0.19),
    }
    _, issued = documents(TWO_RATES, refund(1, "4.90", refund_shipping_lines=[line]))
    assert groups(issued[1]) == [("0.19", "4.12", "0.78")]
    older = refund(1, "4.90", order_adjustments=[adjustment("-4.12", "shipping_refund", "-0.78")])
    assert groups(documents(TWO_RATES, older)[1][1]) == [("0.19", "4.12", "0.78")]


def test_a_fee_that_the_shop_keeps_is_taken_off_the_lines() -> None:
    kept = refund(1, "7.99", back(MUG, "8.99", "1.44"), order_adjustments=[adjustment("1.00")])
    _, issued = documents(TWO_RATES, kept)
    assert groups(issued[1]) == [("0.19", "6.71", "1.28")]


def test_a_gift_card_that_is_given_back_needs_no_credit_note() -> None:
    card = item("50.00", gift_card=True)
    made, issued = documents(order("59.99", card, item("9.99", 0.19)), refund(1, "50.00", back(card, "50.00", "0.00")))
    assert (len(issued), made.account.vouchers) == (1, Decimal("0.00"))


def test_an_item_that_an_edit_removes_is_credited_without_a_payment() -> None:
    assert documents(TWO_RATES, refund(1, None, back(MUG, "8.99", "1.44")))[1][1].total == Decimal("8.99")


@pytest.mark.parametrize("status", ["pending", "failure"])
def test_a_refund_that_is_not_paid_yet_is_not_credited(status: str) -> None:
    made, issued = documents(TWO_RATES, refund(1, "8.99", back(MUG, "8.99", "1.44"), status=status))
    assert (len(issued), made.state) == (1, "invoiced")


def test_a_refund_of_another_amount_than_its_lines_is_quarantined() -> None:
    made, issued = documents(TWO_RATES, refund(1, "7.00", back(MUG, "8.99", "1.44")))
    assert (made.rule, len(issued)) == ("refund-differs", 1)


def test_an_edited_order_is_credited_and_invoiced_again() -> None:
    spoons = item("4.50", 0.19, quantity=2, id=200203, title="Spoon")
    edited = TWO_RATES | {"line_items": [*TWO_RATES["line_items"], spoons], "total_price_set": both("52.48")}
    issued = apply(plan(snapshot_of(TWO_RATES), [], TERMS))
    issued = apply(plan(snapshot_of(edited | {"updated_at": "2026-11-30T10:00:00+01:00"}), issued, TERMS), issued)
    assert [(one.external_id, str(one.total)) for one in issued] == [
        ("order:2002", "43.48"), ("edit:2002", "43.48"), ("order:2002:2", "52.48"),
    ]  # fmt: skip
    assert sum(group.vat for group in issued[2].groups) == Decimal("7.29")


def test_the_state_and_the_times_of_an_order() -> None:
    sent = [{"created_at": "2026-11-30T09:00:00+01:00"}, {"created_at": "2026-11-30T08:00:00+01:00"}]
    snapshot = snapshot_of(ONE_MUG | {"fulfillment_status": "fulfilled", "fulfillments": sent})
    assert (snapshot.state, snapshot.number) == (OrderState.COMPLETED, "#2002")
    assert snapshot.paid_at == datetime(2026, 11, 29, 9, tzinfo=UTC)
    assert snapshot.fulfilled_at == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert snapshot.updated_at - snapshot.placed_at == timedelta(seconds=2)


def test_the_buyer_is_the_company_or_the_person_or_a_guest() -> None:
    notes = [{"name": "VAT_number", "value": "DE123"}]
    company = snapshot_of(ONE_MUG | {"billing_address": ADDRESS | {"company": "ACME"}, "note_attributes": notes}).buyer
    assert (company.name, company.vat_id, company.external_id) == ("ACME", "DE123", "7001")
    nobody = ONE_MUG | {"billing_address": None, "shipping_address": None, "customer": None}
    assert snapshot_of(nobody).buyer.name == "Guest"


@pytest.mark.skipif(not PAYLOADS, reason="SHOP_PAYLOADS names no folder of captured bodies")
def test_captured_bodies_have_the_outcome_that_is_expected_of_them() -> None:
    for name, expected in json.loads((Path(PAYLOADS) / "expected.json").read_text()).items():
        if name.startswith("shopify"):
            made = plan(snapshot_of(json.loads((Path(PAYLOADS) / f"{name}.body").read_text())), [], replace(TERMS))
            outcome = f"{made.state}:{made.rule}" if made.rule else str(made.state)
            assert (name, outcome) == (name, expected["outcome"])
            if made.documents:
                assert groups(apply(made)[0]) == [(one["rate"], one["net"], one["vat"]) for one in expected["groups"]]


@pytest.mark.skipif(not PAYLOADS, reason="SHOP_PAYLOADS names no folder of captured bodies")
def test_sample_orders_of_shopify_are_invoiced_unless_their_own_numbers_do_not_fit() -> None:
    found = {}
    for path in Path(PAYLOADS).glob("shopify_samples/order_test_*.json"):
        [order] = _orders_in(json.loads(path.read_text()))
        found[path.stem] = plan(snapshot_of(order), [], TERMS).rule or "invoiced"
    invoiced = {f"order_test_{number}": "invoiced" for number in (6, 16, 23)}
    assert found == invoiced | {f"order_test_{number}": "vat-differs" for number in (1, 14)}


def _orders_in(answer: Any) -> list[Body]:
    """The first order of each list in a sample answer."""
    values = answer.get("orders", [answer.get("order", answer)])
    return [each.get("order", each) for each in values][:1]
