"""Several processes record at the same moment: each document is issued once, and no two block each other."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from invoices.audit import audit
from orders.models import Order, OrderDocument
from orders.recording import Outcome, Recorded, record
from orders.snapshot import OrderSnapshot
from stores.queries import StoreFacts, read_store
from stores.rows import rows_of_all_stores
from tests.clean import empty_redis
from tests.invoices.threads import at_once
from tests.orders.samples import PAID, order, refund, vat

pytestmark = pytest.mark.django_db(transaction=True)


def main() -> StoreFacts:
    empty_redis()
    return read_store("main")


def test_one_report_that_arrives_four_times_at_once_is_issued_once() -> None:
    store = main()
    outcomes = at_once([partial(record, store, order(refunds=(refund("1", "2.00"),)))] * 4)
    assert sorted(each.outcome for each in outcomes if isinstance(each, Recorded)) == [Outcome.NEW, *[Outcome.SAME] * 3]
    assert rows_of_all_stores(OrderDocument).count() == 2


def history(number: int) -> list[OrderSnapshot]:
    """Paid, partly refunded, edited, and refunded in full."""
    first = order(external_id=f"{number}")
    bigger = replace(first, total=first.total * 2, lines=first.lines * 2, vat=vat(p19="3.20"))
    small, rest = refund(f"{number}-1", "2.00"), refund(f"{number}-2", "17.98", hours=3)
    states = [
        first,
        replace(first, refunds=(small,)),
        replace(bigger, refunds=(small,)),
        replace(bigger, refunds=(small, rest)),
    ]
    return [replace(state, updated_at=PAID + timedelta(hours=hours)) for hours, state in enumerate(states)]


def test_reports_of_many_orders_in_any_order_at_once_end_even() -> None:
    store = main()
    reports = [report for number in range(6) for report in history(number)] * 2
    random.Random(7).shuffle(reports)

    def work(mine: list[OrderSnapshot]) -> None:
        for report in mine:
            record(store, report)

    assert at_once([partial(work, reports[start::4]) for start in range(4)]) == [None] * 4
    assert {(row.invoice_state, f"{row.invoiced - row.credited:.2f}") for row in rows_of_all_stores(Order)} <= {
        ("invoiced", "0.00"), ("restated", "0.00"),
    }  # fmt: skip
    report = audit()
    assert report["ok"], report["orders"]
