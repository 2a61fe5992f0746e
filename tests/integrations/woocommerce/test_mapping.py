"""WooCommerce's bodies lead to the documents that they must lead to, to the cent."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from exports.einvoice import rules
from integrations.woocommerce.mapping import RefundsMissing, snapshot_of
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import terms_of
from invoices.einvoice.writer import write_xml
from orders.plan import plan
from orders.reading import NotAnOrder
from orders.snapshot import OrderState
from orders.types import Issued, Plan
from tests.exports import samples as e_invoices
from tests.integrations.woocommerce import bodies
from tests.integrations.woocommerce.bodies import BILLING, INVOICED, MUGS, NOT_INVOICED, ONE_MUG, Body, named
from tests.orders.samples import SELLER, TERMS, apply

# A folder of captured bodies with their `expected.json`, where there is one.
PAYLOADS = os.environ.get("SHOP_PAYLOADS", "")
LINES_BACK = bodies.refund(27, "9.99", [bodies.item("-8.39", (1, "-1.60"))], [bodies.tax_line(1, "-1.60")])
AMOUNT_BACK = bodies.refund(28, "2.00")


def documents(body: Body, *refunds: Body) -> tuple[Plan, list[Issued]]:
    snapshot = snapshot_of(body | {"refunds": [named(each) for each in refunds]}, refunds)
    made = plan(snapshot, [], TERMS)
    assert made.account.difference == 0
    return made, apply(made)


def groups(issued: Issued) -> list[tuple[str, str, str]]:
    return [(f"{one.rate.normalize():f}", str(one.net), str(one.vat)) for one in issued.groups]


@pytest.mark.parametrize("name", INVOICED)
def test_an_order_is_invoiced_as_the_shop_charged_it(name: str) -> None:
    body, expected = INVOICED[name]
    made, [invoice] = documents(body)
    assert groups(invoice) == expected
    assert invoice.total == Decimal(body["total"])
    assert made.account.worth == Decimal(body["total"])


@pytest.mark.parametrize("name", NOT_INVOICED)
def test_an_order_that_is_not_invoiced_has_its_reason(name: str) -> None:
    body, expected = NOT_INVOICED[name]
    made, issued = documents(body)
    assert (f"{made.state}:{made.rule}", issued) == (expected, [])


@pytest.mark.parametrize(
    "body",
    [
        {"code": "woocommerce_rest_shop_order_invalid_id", "message": "Invalid ID.", "data": {"status": 404}},
        {"id": 34}, {}, [], None, "order", ONE_MUG | {"total": "NaN"}, ONE_MUG | {"total": "1" * 40},
        ONE_MUG | {"line_items": [None]}, ONE_MUG | {"date_created_gmt": None}, ONE_MUG | {"date_paid_gmt": "soon"},
    ],
)  # fmt: skip
def test_what_is_not_an_order_is_named(body: Any) -> None:
    with pytest.raises(NotAnOrder):
        snapshot_of(body)


def test_refunds_are_credited_by_lines_or_by_amount() -> None:
    made, issued = documents(MUGS, AMOUNT_BACK, LINES_BACK)
    assert [one.external_id for one in issued] == ["order:18", "refund:27", "refund:28"]
    assert [groups(one) for one in issued[1:]] == [[("0.19", "8.39", "1.60")], [("0.19", "1.68", "0.32")]]
    assert made.account.worth == Decimal("23.81")


@pytest.mark.parametrize("syntax", Syntax)
def test_400_lines_with_their_own_roundings_are_a_valid_e_invoice(syntax: Syntax) -> None:
    """400 pieces for 0.49 have VAT of 32.00, which is 0.84 more than 19 % of their net."""
    body = bodies.order("196.00", [bodies.item("0.41", (1, "0.08"))] * 400, [bodies.tax_line(1, "32.00")])
    made, [invoice] = documents(body)
    assert groups(invoice) == [("0.19", "164.00", "32.00")]
    document = made.documents[0].document
    found = e_invoices.issued(*document.lines, vat=document.vat, accepted=document.accepted)
    assert rules.check(write_xml(terms_of(found), syntax), syntax) == []


def test_a_refund_of_lines_and_shipping_in_new_york() -> None:
    back = bodies.refund(
        44, "51.42", [bodies.item("-39.98", (3, "-3.55"))], [bodies.tax_line(3, "-3.55", "-0.64")],
        shipping_lines=[bodies.shipping("-7.25", (3, "-0.64"))],
    )  # fmt: skip
    _, issued = documents(INVOICED["new-york"][0], back)
    assert groups(issued[1]) == [("0.08875", "47.23", "4.19")]


def test_an_order_that_arrives_refunded_gets_an_invoice_and_a_credit_note() -> None:
    back = bodies.refund(30, "9.99", [bodies.item("-8.39", (1, "-1.60"))], [bodies.tax_line(1, "-1.60")])
    _, issued = documents(ONE_MUG | {"status": "refunded"}, back)
    assert [(one.external_id, str(one.total)) for one in issued] == [("order:29", "9.99"), ("refund:30", "9.99")]


def test_a_refund_of_an_old_shop_without_tax_lines_counts_the_taxes_of_its_lines() -> None:
    _, issued = documents(MUGS, bodies.refund(27, "9.99", [bodies.item("-8.39", (1, "-1.60"), quantity=0)]))
    assert groups(issued[1]) == [("0.19", "8.39", "1.60")]


def test_an_amount_that_was_typed_into_a_line_without_its_tax_is_gross() -> None:
    _, issued = documents(MUGS, bodies.refund(27, "2.00", [bodies.item("-2.00", quantity=0)]))
    assert groups(issued[1]) == [("0.19", "1.68", "0.32")]


def test_a_refund_whose_lines_are_not_given_is_asked_for() -> None:
    with pytest.raises(RefundsMissing, match="refund 28 of order 18"):
        snapshot_of(MUGS | {"refunds": [named(AMOUNT_BACK), named(LINES_BACK)]}, [LINES_BACK])


def test_a_refund_that_the_shop_does_not_list_is_credited_by_its_amount() -> None:
    snapshot = snapshot_of(MUGS | {"refunds": [named(AMOUNT_BACK), named(LINES_BACK)]}, [LINES_BACK], is_complete=True)
    assert [(one.external_id, str(one.amount)) for one in snapshot.refunds] == [("28", "2.00"), ("27", "9.99")]


def test_refunds_that_the_order_does_not_name_do_not_count() -> None:
    assert snapshot_of(MUGS, [LINES_BACK]).refunds == ()


def test_gift_cards_that_paid_are_added_to_the_total() -> None:
    abroad = BILLING | {"country": "BB"}
    body = bodies.order(
        "4.00", [bodies.item("18.00", name="Beanie")], [], 459, shipping_lines=[bodies.shipping("10.00")], currency="USD",
        billing=abroad, shipping=abroad, gift_cards=[{"id": 2, "amount": 20}, {"id": 4, "amount": 4}],
    )  # fmt: skip
    made, [invoice] = documents(body)
    assert (invoice.total, made.account.redeemed) == (Decimal("28.00"), Decimal("24.00"))
    assert made.documents[0].document.prepaid_amount == Decimal("24.00")


def test_the_state_and_the_times_of_an_order() -> None:
    done = ONE_MUG | {"status": "completed", "date_completed_gmt": "2026-12-01T08:00:00"}
    snapshot = snapshot_of(done)
    assert (snapshot.state, snapshot.external_id, snapshot.number) == (OrderState.COMPLETED, "29", "29")
    assert snapshot.updated_at == snapshot.paid_at == datetime(2026, 11, 30, 2, 6, 20, tzinfo=UTC)
    assert snapshot.fulfilled_at == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert snapshot_of(ONE_MUG | {"status": "packed-by-plugin"}).paid_at


def test_the_buyer_is_the_company_or_the_person_or_a_guest() -> None:
    def buyer(meta: list[Body] | None = None, **billing: str) -> Any:
        return snapshot_of(ONE_MUG | {"billing": BILLING | billing, "meta_data": meta or []}).buyer

    assert buyer().name == "Erika Musterfrau"
    company = buyer([{"key": "_billing_vat_number", "value": "DE123"}], company="Salt &amp; Pepper\u200b")
    assert (company.name, company.vat_id, company.contact.name) == ("Salt & Pepper", "DE123", "Erika Musterfrau")
    assert buyer(first_name="", last_name="").name == "Guest"
    assert buyer(country="XXX").country == ""


def test_a_line_shows_what_was_sold() -> None:
    made, _ = documents(INVOICED["ten-times-a-third"][0])
    lines = made.documents[0].document.lines
    assert [(str(line.quantity.normalize()), str(line.unit_price)) for line in lines][-1] == ("7", "0.277143")
    made, _ = documents(INVOICED["fee-below-zero"][0])
    assert [(line.description, line.net) for line in made.documents[0].document.lines][-1] == (
        "Loyalty",
        Decimal("-3.00"),
    )


def test_an_edited_order_is_credited_and_invoiced_again() -> None:
    book = bodies.item("12.06", (2, "0.84"), name="Book")
    first = bodies.order("12.90", [book], [bodies.tax_line(2, "0.84")], 33)
    three = bodies.order(
        "38.70", [bodies.item("36.17", (2, "2.53"), name="Book", quantity=3)], [bodies.tax_line(2, "2.53")], 33
    )
    issued = apply(plan(snapshot_of(first), [], TERMS))
    later = replace(snapshot_of(three), updated_at=datetime(2026, 12, 1, tzinfo=UTC))
    issued = apply(plan(later, issued, TERMS), issued)
    assert [(one.external_id, str(one.total)) for one in issued] == [
        ("order:33", "12.90"), ("edit:33", "12.90"), ("order:33:2", "38.70"),
    ]  # fmt: skip


def test_an_invented_field_and_another_order_of_the_lines_change_no_document() -> None:
    body = deepcopy(INVOICED["two-rates-and-a-fee"][0])
    issued = apply(plan(snapshot_of(body), [], TERMS))
    body["line_items"].reverse()
    assert plan(snapshot_of(body | {"new_in_version_12": [1]}), issued, TERMS).documents == ()


def captured() -> Iterator[tuple[str, Body]]:
    if not PAYLOADS:
        return
    for name, expected in json.loads((Path(PAYLOADS) / "expected.json").read_text()).items():
        if name.startswith("woo"):
            yield name, expected


@pytest.mark.skipif(not PAYLOADS, reason="SHOP_PAYLOADS names no folder of captured bodies")
def test_captured_bodies_have_the_outcome_that_is_expected_of_them() -> None:
    refunds = json.loads((Path(PAYLOADS) / "woo_rest" / "rest_refunds_order_two.json").read_text())["body"]
    for name, expected in captured():
        snapshot = snapshot_of(json.loads((Path(PAYLOADS) / f"{name}.body").read_text()), refunds, is_complete=True)
        made = plan(snapshot, [], replace(TERMS, seller=SELLER))
        outcome = f"{made.state}:{made.rule}" if made.rule else str(made.state)
        assert (name, outcome) == (name, expected["outcome"])
        if made.documents:
            found = [(f"{one.rate.normalize():f}", str(one.net), str(one.vat)) for one in apply(made)[0].groups]
            assert sorted(found) == sorted((one["rate"], one["net"], one["vat"]) for one in expected["groups"])
