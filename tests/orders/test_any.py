"""Any order with any refunds and edits: the account is always even, and nothing is issued twice or beyond the invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from invoices import money
from invoices.documents.amounts import GroupKey, vat_of_gross
from invoices.documents.credits import Left
from invoices.documents.types import GivenVat, Kind
from orders.plan import plan
from orders.snapshot import LineKind, OrderLine, OrderSnapshot, Refund
from orders.types import InvoiceState, Issued
from runtime.currencies import unit_of
from tests.orders.samples import BUYER, PAID, TERMS, apply, follow, order

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
RATES = ("0.19", "0.07", "0.08875", "0.14975", "0.2", "0.25", "0")
# Two taxes on one line, each of which the shop rounds.
TWO_TAXES = (Decimal("0.05"), Decimal("0.09975"))
ZERO = Decimal("0.00")
# A line without VAT has a reason for that when the country of the buyer is not known.
ABROAD = replace(BUYER, country="")
EXTRAS: tuple[dict[str, int], ...] = ({}, {}, {"vouchers": 50}, {"tips": 3}, {"rounding": -2}, {"rounding": 2})
coins: st.SearchStrategy[bool] = st.booleans()
prices = st.one_of(
    st.sampled_from(["0.01", "0.33", "0.49", "0.99", "4.90", "9.99", "12.90", "79.20"]).map(Decimal),
    st.integers(1, 30_000).map(lambda cents: Decimal(cents) / 100),
)
Part = tuple[OrderLine, Decimal]


@st.composite
def sold(draw: st.DrawFn, unit: Decimal) -> Part:
    """A line as shops with gross prices have it, and its VAT: rounded for the line, so it may be off net x rate."""
    taxes = draw(st.one_of(st.sampled_from(RATES).map(lambda rate: (Decimal(rate),)), st.just(TWO_TAXES)))
    rate, quantity = sum(taxes, Decimal(0)), Decimal(draw(st.integers(1, 12)))
    gross = money.round_to(draw(prices) * unit * 100, unit) * quantity
    vat = sum((money.round_to(gross * tax / (1 + rate), unit) for tax in taxes), ZERO)
    kind = draw(st.sampled_from(LineKind))
    line = OrderLine(
        description=f"{kind}", quantity=quantity, net=gross - vat, vat_rate=rate, kind=kind, tax_count=len(taxes)
    )
    return line, vat


@st.composite
def bought(draw: st.DrawFn) -> OrderSnapshot:
    """A paid order in a currency with two decimals or none, perhaps with a discount as a fee below zero."""
    currency = draw(st.sampled_from(["EUR", "EUR", "JPY"]))
    unit = unit_of(currency)
    parts = draw(st.lists(sold(unit), min_size=1, max_size=5))
    if draw(coins):
        line, tax = parts[0]
        share = unit * int((line.net + tax) / unit / draw(st.integers(2, 9)))
        taken = vat_of_gross(share, line.vat_rate, unit)
        parts.append((replace(line, kind=LineKind.FEE, quantity=Decimal(1), net=taken - share), -taken))
    extra = {name: unit * count for name, count in draw(st.sampled_from(EXTRAS)).items()}
    return made_of(parts, currency, extra)


def made_of(parts: Sequence[Part], currency: str, extra: dict[str, Decimal]) -> OrderSnapshot:
    rates = sorted({line.vat_rate for line, _ in parts})
    taxes = {rate: sum((tax for line, tax in parts if line.vat_rate == rate), ZERO) for rate in rates}
    vat = tuple(GivenVat(rate=rate, amount=tax) for rate, tax in taxes.items())
    total = sum((line.net for line, _ in parts), ZERO) + sum(taxes.values(), ZERO) + sum(extra.values(), ZERO)
    lines = [line for line, _ in parts]
    return order(*lines, total=str(total), vat=vat, currency=currency, buyer=ABROAD, **extra)


orders = bought().filter(lambda one: one.worth > 0 and any(line.net > 0 for line in one.lines))


@st.composite
def refunds(draw: st.DrawFn, bought: OrderSnapshot) -> tuple[Refund, ...]:
    """Refunds in amounts, of lines or of both, which together are at most the order."""
    found: list[Refund] = []
    lines = list(draw(st.permutations(bought.lines)))
    left, unit = bought.worth, unit_of(bought.currency)
    for index in range(draw(st.integers(0, 5))):
        is_line = draw(coins)
        line = lines.pop() if is_line and lines else None
        tax = ZERO if line is None else vat_of_gross(line.net * (1 + line.vat_rate), line.vat_rate, unit)
        amount = unit * draw(st.integers(1, max(1, int(left / unit)))) if line is None else line.net + tax
        if not 0 < amount <= left:
            break
        left -= amount
        vat = () if line is None else (GivenVat(rate=line.vat_rate, amount=tax),)
        moment = PAID + timedelta(hours=index + 1)
        found.append(
            Refund(external_id=str(index), created_at=moment, amount=amount, lines=(line,) if line else (), vat=vat)
        )
    if left and draw(coins):
        found.append(Refund(external_id="rest", created_at=PAID + timedelta(days=9), amount=left))
    return tuple(found)


refunded = orders.flatmap(lambda one: refunds(one).map(lambda back: replace(one, refunds=back)))


def never_above_the_invoice(issued: Sequence[Issued]) -> bool:
    """Whether no VAT group is credited beyond its net or VAT, and a group without net has no VAT left."""
    left: dict[tuple[str, GroupKey], Left] = {}
    for one in issued:
        for group in one.groups:
            key = (one.corrects or one.external_id, (group.rate, group.category))
            if one.kind == Kind.INVOICE:
                left[key] = Left(group.rate, group.category, group.net, group.vat, group.roundings)
            elif left[key].why_not(group) is None:
                left[key] = left[key].less(group)
            else:
                return False
    return True


@given(orders)
def test_every_order_that_adds_up_is_invoiced_to_the_cent(bought: OrderSnapshot) -> None:
    made, issued = follow(bought)
    assert made.state == InvoiceState.INVOICED
    assert made.account.difference == 0
    assert issued[0].total + issued[0].rounding == bought.total - bought.vouchers - bought.tips


@given(refunded)
def test_refunds_in_any_split_are_credited_within_the_invoice(bought: OrderSnapshot) -> None:
    made, issued = follow(bought)
    assert made.state == InvoiceState.INVOICED, made.message
    assert made.account.difference == 0
    assert never_above_the_invoice(issued)
    if not bought.worth:
        assert sum((one.total for one in issued[1:]), ZERO) == issued[0].total


@given(refunded)
def test_a_plan_that_is_carried_out_plans_nothing_more(bought: OrderSnapshot) -> None:
    made, issued = follow(bought)
    again = plan(bought, issued, TERMS)
    assert (again.documents, again.account, again.state) == ((), made.account, made.state)


@given(refunded, st.data())
def test_reports_that_are_lost_and_doubled_lead_to_the_same_documents(
    bought: OrderSnapshot, data: st.DataObject
) -> None:
    """The shop reports after each refund; the newest report arrives at some time, and older ones are dropped by then."""
    counts = data.draw(st.lists(st.integers(0, len(bought.refunds)), max_size=6).map(sorted))
    reports = [replace(bought, refunds=bought.refunds[:count]) for count in counts]
    assert follow(*reports, bought)[1] == follow(bought)[1]


@given(refunded, st.data())
def test_the_order_of_lines_and_refunds_in_a_report_means_nothing(bought: OrderSnapshot, data: st.DataObject) -> None:
    shuffled = replace(bought, refunds=tuple(data.draw(st.permutations(bought.refunds))))
    assert follow(shuffled)[1] == follow(bought)[1]
    lines = tuple(data.draw(st.permutations(bought.lines)))
    assert follow(bought, replace(bought, lines=lines))[1] == follow(bought)[1]


@settings(max_examples=50)
@given(st.lists(refunded, min_size=2, max_size=3))
def test_edits_with_refunds_between_them_keep_the_account_even(states: list[OrderSnapshot]) -> None:
    """Each state is another content of the same order; refunds of one state are mostly gone in the next."""
    issued: list[Issued] = []
    for hours, state in enumerate(states):
        state = replace(state, updated_at=PAID + timedelta(hours=hours))
        made = plan(state, issued, TERMS)
        assert made.account.difference == 0
        issued = apply(made, issued)
        assert plan(state, issued, TERMS).documents == ()
    assert never_above_the_invoice(issued)
    if made.state == InvoiceState.RESTATED:
        assert made.account.worth == made.account.invoiced - made.account.credited + made.account.vouchers + (
            made.account.tips + made.account.rounding
        )


@given(refunded, orders, st.data())
def test_an_edit_after_refunds_keeps_them(bought: OrderSnapshot, edit: OrderSnapshot, data: st.DataObject) -> None:
    """The edited order is at least as large, and has the refunds of before."""
    assume(edit.currency == bought.currency)
    bigger = replace(
        bought, lines=(*bought.lines, *edit.lines), vat=_added(bought.vat, edit.vat), updated_at=PAID + timedelta(days=10),
        total=bought.total + sum((line.net for line in edit.lines), ZERO) + sum((each.amount for each in edit.vat), ZERO),
    )  # fmt: skip
    made, issued = follow(bought, bigger)
    assert made.state == InvoiceState.RESTATED, made.message
    assert made.account.difference == 0
    unit = unit_of(bigger.currency)
    later = unit * data.draw(st.integers(1, int(bigger.worth / unit)))
    back = Refund(external_id="later", created_at=PAID + timedelta(days=11), amount=later)
    made, issued = follow(bought, bigger, replace(bigger, refunds=(*bigger.refunds, back)))
    assert made.state == InvoiceState.RESTATED, made.message
    assert never_above_the_invoice(issued)


def _added(one: Sequence[GivenVat], other: Sequence[GivenVat]) -> tuple[GivenVat, ...]:
    sums: dict[Decimal, Decimal] = {}
    for each in (*one, *other):
        sums[each.rate] = sums.get(each.rate, ZERO) + each.amount
    return tuple(GivenVat(rate=rate, amount=amount) for rate, amount in sums.items())
