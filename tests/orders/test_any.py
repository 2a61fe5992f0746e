"""Any order with any refunds and edits: the account is always even, and nothing is issued twice or beyond the invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoices.documents.amounts import GroupKey, vat_of_gross
from invoices.documents.credits import Left
from invoices.documents.types import GivenVat, Kind
from orders.plan import plan
from orders.snapshot import LineKind, OrderLine, OrderSnapshot, Refund
from orders.types import InvoiceState, Issued
from tests.orders.samples import PAID, TERMS, apply, follow, order

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
RATES = ("0.19", "0.07", "0.08875", "0.14975", "0.2", "0.25")
ZERO = Decimal("0.00")
prices = st.one_of(
    st.sampled_from(["0.01", "0.33", "0.49", "0.99", "4.90", "9.99", "12.90", "79.20"]).map(Decimal),
    st.integers(1, 30_000).map(lambda cents: Decimal(cents) / 100),
)


@st.composite
def sold(draw: st.DrawFn) -> tuple[OrderLine, Decimal]:
    """A line as shops with gross prices have it, and its VAT: rounded for the line, so it may be off net x rate."""
    rate, quantity = Decimal(draw(st.sampled_from(RATES))), Decimal(draw(st.integers(1, 12)))
    gross = draw(prices) * quantity
    vat = vat_of_gross(gross, rate)
    kind = draw(st.sampled_from(LineKind))
    return OrderLine(description=f"{kind}", quantity=quantity, net=gross - vat, vat_rate=rate, kind=kind), vat


def made_of(parts: Sequence[tuple[OrderLine, Decimal]], **more: Decimal) -> OrderSnapshot:
    """A paid order of these lines."""
    rates = {line.vat_rate for line, _ in parts}
    vat = tuple(
        GivenVat(rate=rate, amount=sum((tax for line, tax in parts if line.vat_rate == rate), ZERO))
        for rate in sorted(rates)
    )
    goods = sum((line.net + tax for line, tax in parts), ZERO)
    taken = more.get("redeemed", ZERO)
    total = goods + more.get("vouchers", ZERO) + more.get("tips", ZERO) + more.get("rounding", ZERO) - taken
    return order(*(line for line, _ in parts), total=str(total), vat=vat, **more)


coins: st.SearchStrategy[bool] = st.booleans()
extras = st.sampled_from([{}, {}, {"vouchers": "50.00"}, {"tips": "2.50"}, {"rounding": "-0.02"}, {"rounding": "0.02"}])
orders = st.builds(
    lambda parts, extra: made_of(parts, **{name: Decimal(amount) for name, amount in extra.items()}),
    st.lists(sold(), min_size=1, max_size=5),
    extras,
).filter(lambda one: one.worth > 0)


@st.composite
def refunds(draw: st.DrawFn, bought: OrderSnapshot) -> tuple[Refund, ...]:
    """Refunds in amounts, of lines or of both, which together are at most the order."""
    found: list[Refund] = []
    lines = list(draw(st.permutations(bought.lines)))
    left = bought.worth
    for index in range(draw(st.integers(0, 5))):
        is_line = draw(coins)
        line = lines.pop() if is_line and lines else None
        tax = ZERO if line is None else vat_of_gross(line.net * (1 + line.vat_rate), line.vat_rate)
        cents = draw(st.integers(1, max(1, int(left * 100))))
        amount = Decimal(cents) / 100 if line is None else line.net + tax
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
    bigger = replace(
        bought, lines=(*bought.lines, *edit.lines), vat=_added(bought.vat, edit.vat), updated_at=PAID + timedelta(days=10),
        total=bought.total + sum((line.net for line in edit.lines), ZERO) + sum((each.amount for each in edit.vat), ZERO),
    )  # fmt: skip
    made, issued = follow(bought, bigger)
    assert made.state == InvoiceState.RESTATED, made.message
    assert made.account.difference == 0
    later = data.draw(st.integers(1, int(bigger.worth * 100)))
    back = Refund(external_id="later", created_at=PAID + timedelta(days=11), amount=Decimal(later) / 100)
    made, issued = follow(bought, bigger, replace(bigger, refunds=(*bigger.refunds, back)))
    assert made.state == InvoiceState.RESTATED, made.message
    assert never_above_the_invoice(issued)


def _added(one: Sequence[GivenVat], other: Sequence[GivenVat]) -> tuple[GivenVat, ...]:
    sums: dict[Decimal, Decimal] = {}
    for each in (*one, *other):
        sums[each.rate] = sums.get(each.rate, ZERO) + each.amount
    return tuple(GivenVat(rate=rate, amount=amount) for rate, amount in sums.items())
