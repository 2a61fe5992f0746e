"""What is planned for any order is accepted by the database, which keeps its own rules for documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from invoices.audit import audit
from invoices.documents.types import ZERO
from orders.recording import record_all
from orders.snapshot import OrderSnapshot
from orders.types import InvoiceState
from stores.queries import StoreFacts
from tests.orders.test_any import orders, refunded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_snapshot")]
NAMES = count(1)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.lists(refunded, min_size=3, max_size=8), orders)
def test_every_planned_document_is_issued(store: StoreFacts, reports: list[OrderSnapshot], edit: OrderSnapshot) -> None:
    named = [_named(report) for report in reports]
    for before in (True, False):
        some = [replace(one, refunds=one.refunds[:1]) if before else one for one in named]
        later = [replace(one, updated_at=one.updated_at + timedelta(hours=not before)) for one in some]
        assert {each.state for each in record_all(store, later)} <= {InvoiceState.INVOICED}
    first = named[0]
    assume(edit.currency == first.currency)
    lines, total = (*first.lines, *edit.lines), first.total + edit.total - edit.vouchers - edit.tips - edit.rounding
    rates = {each.rate for each in (*first.vat, *edit.vat)}
    vat = tuple(
        replace(
            first.vat[0],
            rate=rate,
            amount=sum((each.amount for each in (*first.vat, *edit.vat) if each.rate == rate), ZERO),
        )
        for rate in rates
    )
    moment = first.updated_at + timedelta(days=10)
    [edited] = record_all(store, [replace(first, lines=lines, total=total, vat=vat, updated_at=moment)])
    assert edited.state == InvoiceState.RESTATED, edited.message
    report = audit()
    assert report["ok"], (report["chain_breaks"], report["orders"])


def _named(report: OrderSnapshot) -> OrderSnapshot:
    """Under an id of its own; ids of refunds are used once in a store."""
    name = str(next(NAMES))
    back = tuple(replace(each, external_id=f"{name}-{each.external_id}") for each in report.refunds)
    return replace(report, external_id=name, refunds=back)
