"""Orders become documents: when, with which amounts, and what becomes of refunds and edits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from invoices.documents.amounts import amounts_of
from invoices.documents.types import Delivery, Kind
from orders.plan import plan
from orders.snapshot import LineKind, OrderSnapshot, OrderState, Problem, Rule
from orders.types import InvoiceState, InvoiceWhen
from tests.orders.samples import BUYER, PAID, SELLER, TERMS, apply, follow, line, order, refund, summary, vat

GIFT = order(line("8.39"), total="59.99", vouchers=Decimal("50.00"))
# 30.24 and 11.61 at 19 and 7 %, with shipping.
TWO_RATES = order(
    line("22.66", quantity="3"), line("10.85", "0.07", description="Book"),
    line("4.12", kind=LineKind.SHIPPING, description="DHL"), total="43.48", vat=vat(p19="5.09", p7="0.76"),
)  # fmt: skip
MUG_BACK = refund("3001", "8.99", line("7.55"), vat=vat(p19="1.44"))


def edited(snapshot: OrderSnapshot, *more: Any, **changes: Any) -> OrderSnapshot:
    return replace(snapshot, updated_at=snapshot.updated_at + timedelta(days=1), **changes)


def test_a_paid_order_is_invoiced_with_the_vat_of_the_shop() -> None:
    made = plan(order(), [], TERMS)
    [planned] = made.documents
    assert made.state == InvoiceState.INVOICED
    assert (planned.external_id, planned.document.issued_at, planned.document.source) == (
        "order:18",
        PAID,
        "store-main",
    )
    assert [(each.net, each.vat) for each in amounts_of(planned.document).groups] == [
        (Decimal("8.39"), Decimal("1.60"))
    ]


@pytest.mark.parametrize(
    ("changes", "state", "rule"),
    [
        ({"paid_at": None}, "waiting", None),
        ({"paid_at": None, "state": OrderState.CANCELLED}, "set_aside", "not-paid"),
        ({"paid_at": None, "state": OrderState.REJECTED}, "set_aside", "not-paid"),
        ({"is_test": True}, "set_aside", "test-order"),
        ({"is_trashed": True}, "set_aside", "trashed"),
        ({"total": Decimal("0.00"), "lines": (line("0.00"),), "vat": ()}, "set_aside", "nothing-charged"),
        ({"lines": (), "vat": (), "vouchers": Decimal("9.99")}, "set_aside", "voucher-only"),
        ({"total": Decimal("10.00")}, "quarantined", "sums-differ"),
        ({"total": Decimal("0.00")}, "quarantined", "sums-differ"),
        ({"total": Decimal("10.38"), "vat": vat(p19="1.99")}, "quarantined", "vat-differs"),
        ({"currency": "KWD"}, "quarantined", "currency"),
        ({"currency": "JPY"}, "quarantined", "currency"),
        ({"lines": (line("9.99", "0"),), "vat": ()}, "quarantined", "unknown-rate"),
        ({"problem": Problem(rule=Rule.UNKNOWN_RATE, message="?")}, "quarantined", "unknown-rate"),
    ],
)
def test_an_order_without_an_invoice_has_a_reason(changes: dict[str, Any], state: str, rule: str | None) -> None:
    made = plan(order(**changes), [], TERMS)
    assert (made.state, made.rule, made.documents) == (state, rule, ())
    assert made.message
    assert made.account.difference == 0


def test_the_money_of_an_order_without_an_invoice_is_in_its_state() -> None:
    assert plan(order(paid_at=None), [], TERMS).account.waiting == Decimal("9.99")
    assert plan(order(is_test=True), [], TERMS).account.set_aside == Decimal("9.99")
    assert plan(order(total="10.00"), [], TERMS).account.quarantined == Decimal("10.00")
    only_gift = order(lines=(), vat=(), total="50.00", vouchers=Decimal("50.00"))
    assert plan(only_gift, [], TERMS).account.vouchers == Decimal("50.00")


def test_a_store_can_invoice_when_the_order_is_delivered() -> None:
    terms = replace(TERMS, invoice_when=InvoiceWhen.FULFILLED)
    assert plan(order(), [], terms).state == InvoiceState.WAITING
    delivered = PAID + timedelta(days=2)
    [planned] = plan(order(fulfilled_at=delivered), [], terms).documents
    assert planned.document.issued_at == delivered


def test_whole_amounts_of_a_currency_without_decimals_are_invoiced() -> None:
    yen = order(line("1000", "0.1"), total="1100", currency="JPY", vat=vat(p10="100"))
    assert plan(yen, [], TERMS).state == InvoiceState.INVOICED


def test_gift_cards_sold_and_tips_are_on_no_invoice() -> None:
    made, issued = follow(GIFT)
    assert summary(issued) == [("order:18", "9.99")]
    assert (made.account.invoiced, made.account.vouchers) == (Decimal("9.99"), Decimal("50.00"))
    made, issued = follow(order(total="11.99", tips=Decimal("2.00")))
    assert (made.account.invoiced, made.account.tips) == (Decimal("9.99"), Decimal("2.00"))


def test_gift_cards_that_paid_are_prepaid() -> None:
    american = replace(BUYER, country="US")
    paid_by_card = order(line("28.00", "0"), total="4.00", redeemed=Decimal("24.00"), vat=(), buyer=american)
    made = plan(paid_by_card, [], TERMS)
    document = made.documents[0].document
    assert (amounts_of(document).total_amount, document.prepaid_amount) == (Decimal("28.00"), Decimal("24.00"))
    assert made.account.worth == Decimal("28.00")


def test_an_order_that_gift_cards_paid_in_full_is_invoiced() -> None:
    made = plan(order(total="0.00", redeemed=Decimal("9.99")), [], TERMS)
    assert made.documents[0].document.prepaid_amount == Decimal("9.99")


def test_the_rounding_of_cash_is_a_rounding_amount() -> None:
    made = plan(order(total="10.00", rounding=Decimal("0.01")), [], TERMS)
    assert made.documents[0].document.rounding_amount == Decimal("0.01")
    assert (made.account.invoiced, made.account.rounding) == (Decimal("9.99"), Decimal("0.01"))


def test_vat_that_was_rounded_for_hundreds_of_pieces_is_within_a_unit_or_a_rounding_amount() -> None:
    made = plan(order(line("164.00", "0.2", "400"), total="196.00", vat=vat(p20="32.00")), [], TERMS)
    assert (made.account.invoiced, made.account.rounding) == (Decimal("196.00"), Decimal("0.00"))
    made = plan(order(line("328.00", "0.2", "800"), total="392.00", vat=vat(p20="64.00")), [], TERMS)
    assert (made.account.invoiced, made.account.rounding) == (Decimal("393.60"), Decimal("-1.60"))


@pytest.mark.parametrize(
    ("changes", "category"),
    [
        ({"is_tax_exempt": True}, "E"),
        ({"delivery": Delivery(country="US")}, "G"),
        ({"buyer": replace(BUYER, country="FR", vat_id="FR1")}, "K"),
        ({"buyer": replace(BUYER, country="")}, "Z"),
    ],
)
def test_the_category_of_a_line_without_vat_says_why(changes: dict[str, Any], category: str) -> None:
    made = plan(order(line("9.99", "0"), vat=(), **changes), [], TERMS)
    assert [group.category for group in amounts_of(made.documents[0].document).groups] == [category]


def test_an_order_that_arrives_refunded_gets_an_invoice_and_then_a_credit_note() -> None:
    made, issued = follow(order(refunds=(refund("30", "9.99", line("8.39"), vat=vat(p19="1.60")),)))
    assert summary(issued) == [("order:18", "9.99"), ("refund:30", "9.99")]
    assert [one.kind for one in issued] == [Kind.INVOICE, Kind.CREDIT_NOTE]
    assert made.account.worth == 0


def test_a_refund_by_lines_is_credited_as_the_shop_has_it() -> None:
    _, issued = follow(replace(TWO_RATES, refunds=(MUG_BACK,)))
    assert [(group.net, group.vat) for group in issued[1].groups] == [(Decimal("7.55"), Decimal("1.44"))]


def test_an_amount_is_split_over_what_is_left_of_each_rate() -> None:
    goodwill = refund("3002", "2.00", hours=2)
    _, issued = follow(replace(TWO_RATES, refunds=(goodwill, MUG_BACK)))
    found = [(str(group.rate), str(group.net), str(group.vat)) for group in issued[2].groups]
    assert found == [("0.07", "0.63", "0.04"), ("0.19", "1.12", "0.21")]


def test_an_amount_of_an_order_with_one_rate_is_split_into_net_and_vat() -> None:
    mugs = order(line("25.18", quantity="3"), line("4.90"), total="35.80", vat=vat(p19="5.72"))
    _, issued = follow(replace(mugs, refunds=(refund("28", "2.00"),)))
    assert [(str(group.net), str(group.vat)) for group in issued[1].groups] == [("1.68", "0.32")]


def test_the_refund_that_empties_the_order_takes_what_is_left() -> None:
    last = refund("3003", "32.49", hours=3)
    made, issued = follow(replace(TWO_RATES, refunds=(MUG_BACK, refund("3002", "2.00", hours=2), last)))
    assert sum(one.total for one in issued[1:]) == issued[0].total
    assert made.account.worth == 0


def test_the_last_refund_takes_the_rounding_of_cash_with_it() -> None:
    cash = order(total="9.95", rounding=Decimal("-0.04"))
    made, issued = follow(replace(cash, refunds=(refund("1", "9.95"),)))
    assert summary(issued) == [("order:18", "9.99"), ("refund:1", "9.99")]
    assert (issued[1].rounding, made.account.rounding) == (Decimal("-0.04"), Decimal("0.00"))


def test_pieces_that_are_refunded_one_by_one_leave_nothing() -> None:
    mugs = order(line("25.18", quantity="3"), total="29.97", vat=vat(p19="4.79"))
    backs = tuple(refund(f"{n}", "9.99", line("8.39"), vat=vat(p19="1.60"), hours=n) for n in (1, 2, 3))
    made, issued = follow(replace(mugs, refunds=backs))
    assert [str(one.total) for one in issued] == ["29.97", "9.99", "9.99", "9.99"]
    assert made.state == InvoiceState.INVOICED


def test_a_gift_card_that_is_given_back_needs_no_credit_note() -> None:
    made, issued = follow(replace(GIFT, refunds=(refund("1", "50.00", vouchers=Decimal("50.00")),)))
    assert len(issued) == 1
    assert (made.account.vouchers, made.account.worth) == (Decimal("0.00"), Decimal("9.99"))
    made, issued = follow(replace(GIFT, refunds=(refund("1", "59.99"),)))
    assert summary(issued) == [("order:18", "9.99"), ("refund:1", "9.99")]
    assert made.account.vouchers == 0


@pytest.mark.parametrize("back", [refund("1", "10.00"), refund("1", "5.00", line("4.00"), vat=vat(p19="0.76"))])
def test_a_refund_that_does_not_fit_is_quarantined_alone(back: Any) -> None:
    made, issued = follow(order(refunds=(back,)))
    assert (made.state, made.rule) == (InvoiceState.QUARANTINED, Rule.REFUND_DIFFERS)
    assert summary(issued) == [("order:18", "9.99")]
    assert made.account.quarantined == -back.amount


def test_an_edit_is_credited_and_invoiced_again() -> None:
    spoons = edited(
        TWO_RATES, total=Decimal("52.48"), lines=(*TWO_RATES.lines, line("7.56", description="Spoon", quantity="2")),
        vat=vat(p19="6.53", p7="0.76"),
    )  # fmt: skip
    made, issued = follow(TWO_RATES, spoons)
    assert summary(issued) == [("order:18", "43.48"), ("edit:18", "43.48"), ("order:18:2", "52.48")]
    assert made.state == InvoiceState.RESTATED
    assert sum(group.vat for group in issued[2].groups) == Decimal("7.29")


def test_the_invoice_after_an_edit_leaves_out_what_was_refunded_before() -> None:
    bigger = edited(
        TWO_RATES, total=Decimal("52.48"), lines=(*TWO_RATES.lines, line("7.56", description="Spoon", quantity="2")),
        vat=vat(p19="6.53", p7="0.76"), refunds=(MUG_BACK,),
    )  # fmt: skip
    made, issued = follow(TWO_RATES, replace(TWO_RATES, refunds=(MUG_BACK,)), bigger)
    assert summary(issued)[2:] == [("edit:18", "34.49"), ("order:18:2", "43.49")]
    rest = refund("4", "43.49", hours=60)
    made, issued = follow(
        TWO_RATES, replace(TWO_RATES, refunds=(MUG_BACK,)), bigger, replace(bigger, refunds=(MUG_BACK, rest))
    )
    assert made.account.worth == 0


def test_an_edit_after_refunds_is_invoiced_although_roundings_add_up() -> None:
    """2,000 yen with 399 of VAT is 1 off, and so is a refund of 7 with 2: together they are 2 off, which is too much."""
    first = order(line("1990", "0.2"), total="2388", currency="JPY", vat=vat(p20="398"))
    back = refund("1", "9", line("7", "0.2"), vat=vat(p20="2"))
    bigger = edited(
        first, total=Decimal(2399), lines=(*first.lines, line("10", "0.2")), vat=vat(p20="399"), refunds=(back,)
    )
    made, issued = follow(first, replace(first, refunds=(back,)), bigger)
    assert made.state == InvoiceState.RESTATED, made.message
    assert [(str(group.net), str(group.vat)) for group in issued[-1].groups] == [("1992.00", "398.00")]


def test_a_refund_that_the_shop_withdraws_is_invoiced_again() -> None:
    made, issued = follow(order(refunds=(refund("30", "9.99"),)), edited(order()))
    assert summary(issued) == [("order:18", "9.99"), ("refund:30", "9.99"), ("order:18:2", "9.99")]
    assert made.account.worth == Decimal("9.99")


@pytest.mark.parametrize("change", [{"email": "other@example.org"}, {"contact": None}, {"name": "Erika Musterfrau"}])
def test_what_is_on_no_invoice_replaces_none(change: dict[str, Any]) -> None:
    assert len(follow(order(), edited(order(), buyer=replace(BUYER, **change)))[1]) == 1


@pytest.mark.parametrize("change", [{"name": "Erika Beispiel"}, {"street": "Neuer Weg 2"}, {"vat_id": "DE2"}])
def test_another_name_address_or_vat_number_replaces_the_invoice(change: dict[str, Any]) -> None:
    _, issued = follow(order(), edited(order(), buyer=replace(BUYER, **change)))
    assert summary(issued) == [("order:18", "9.99"), ("edit:18", "9.99"), ("order:18:2", "9.99")]
    assert issued[1].buyer == BUYER


def test_the_same_lines_in_another_order_replace_nothing() -> None:
    assert len(follow(TWO_RATES, edited(TWO_RATES, lines=TWO_RATES.lines[::-1]))[1]) == 1


def test_an_edit_that_leaves_nothing_is_credited_and_back_again_is_invoiced() -> None:
    nothing = edited(order(), total=Decimal("0.00"), lines=(line("0.00"),), vat=())
    made, issued = follow(order(), nothing)
    assert summary(issued) == [("order:18", "9.99"), ("edit:18", "9.99")]
    assert (made.state, made.rule) == (InvoiceState.SET_ASIDE, Rule.NOTHING_CHARGED)
    made, issued = follow(
        order(), nothing, edited(nothing, total=Decimal("9.99"), lines=order().lines, vat=order().vat)
    )
    assert summary(issued)[2:] == [("order:18:2", "9.99")]
    assert made.state == InvoiceState.RESTATED


def test_what_was_issued_stays_when_the_order_is_trashed_cancelled_or_wrong() -> None:
    for change in (
        {"is_trashed": True}, {"paid_at": None, "state": OrderState.CANCELLED}, {"total": Decimal("99.00")},
    ):  # fmt: skip
        made, issued = follow(order(), edited(order(), **change))
        assert summary(issued) == [("order:18", "9.99")]
        assert made.account.difference == 0


def test_an_order_that_comes_back_from_the_trash_is_invoiced() -> None:
    made, issued = follow(order(is_trashed=True), edited(order()))
    assert (made.state, summary(issued)) == (InvoiceState.INVOICED, [("order:18", "9.99")])


def test_another_currency_after_the_invoice_is_quarantined() -> None:
    made, issued = follow(order(), edited(order(), currency="USD"))
    assert (made.state, made.rule, len(issued)) == (InvoiceState.QUARANTINED, Rule.CURRENCY, 1)


def test_a_credit_note_is_not_dated_before_its_invoice() -> None:
    _, issued = follow(order(refunds=(replace(refund("1", "1.00"), created_at=PAID - timedelta(days=3)),)))
    assert issued[1].issued_at == PAID


def test_credit_notes_keep_the_parties_of_their_invoice() -> None:
    issued = apply(plan(order(), [], TERMS))
    moved = replace(TERMS, seller=replace(SELLER, name="Südwind GmbH"))
    [planned] = plan(order(refunds=(refund("1", "1.00"),)), issued, moved).documents
    assert planned.document.seller == SELLER
