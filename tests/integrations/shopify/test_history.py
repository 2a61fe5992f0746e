"""The earlier orders of a shop come by bulk operations, whole and once, whatever becomes of an operation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from integrations.shopify import history
from integrations.shopify.connections import ShopConnection
from integrations.shopify.fake.goods import BOOK, MUG, Item
from integrations.shopify.fake.shop import FakeShopify
from integrations.shopify.models import Connection
from integrations.syncing import reconciling
from integrations.syncing.history import fetch_history
from integrations.syncing.models import SyncRun, SyncState
from invoices.models import Invoice
from jobs import operations
from jobs.claims import LostJob
from jobs.work import JobFailed, Work
from orders.models import Order
from stores.rows import rows_of_all_stores
from streaming.models import Entry
from tests.integrations.desk import Desk, documents
from tests.integrations.shopify.test_reconciling import work_of
from tests.integrations.woocommerce.clock import ShopClock
from tests.waiting import HANG_SECONDS


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state of an operation is asked for without a pause."""
    monkeypatch.setattr(history, "ASK_SECONDS", (0.0,))


@pytest.fixture
def busy(connected: ShopConnection, shop: FakeShopify, clock: ShopClock) -> FakeShopify:
    """A shop with 12 orders, of which one has a refund and one another line."""
    rows_of_all_stores(SyncState).update(cursor=clock())
    for number in range(12):
        order = shop.place(Item(MUG), Item(BOOK), has_shipping=number % 2 == 0)
        clock.move(60)
    shop.refund(order, (order.lines[0], 1))
    return shop


def begin(clock: ShopClock, days: int = 10) -> Work:
    return work_of("shopify-history", **{"from": (clock() - timedelta(days=days)).isoformat()})


def run(work: Work) -> dict[str, Any]:
    steps = fetch_history(work)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return dict(end.value)


def check_all(shop: FakeShopify) -> None:
    assert rows_of_all_stores(Order).count() == len(shop.orders) == 12
    assert Invoice.objects.filter(kind="invoice").count() == 12
    assert Invoice.objects.filter(kind="credit_note").count() == 1
    for order in shop.orders.values():
        row = rows_of_all_stores(Order).get(external_id=str(order.id))
        assert row.invoiced - row.credited == order.left, documents(order)


def test_all_orders_are_recorded_without_an_announcement(busy: FakeShopify, clock: ShopClock) -> None:
    work = begin(clock)
    report = run(work)
    check_all(busy)
    assert (report["seen"], report["added"], "notice" in report) == (12, 12, False)
    work.job.refresh_from_db()
    assert (work.job.done_count, work.job.total_count) == (12, 12)
    assert Entry.objects.count() == 0
    assert rows_of_all_stores(SyncRun).get(kind="history").seen == 12


def test_a_change_that_came_while_the_operation_ran_is_not_withdrawn(
    connected: ShopConnection, shop: FakeShopify, clock: ShopClock, desk: Desk
) -> None:
    """The result has the order as it was before the refund of the same second."""
    reconciling.check_webhooks(connected.store.id)
    order = shop.place(Item(MUG, 2))
    steps = fetch_history(begin(clock))
    next(steps)
    writing = shop.bulk.all[1].writing
    assert writing is not None
    writing.join(HANG_SECONDS)
    shop.refund(order, (order.lines[0], 1))
    shop.deliver()
    desk.work()
    issued = documents(order)
    assert [total for _, total in issued] == ["19.98", "9.99"]
    for _ in steps:
        pass
    assert documents(order) == issued
    row = rows_of_all_stores(Order).get()
    assert row.invoiced - row.credited == order.left


@pytest.mark.parametrize(
    "faults", [["failed"], ["timeout"], ["expired"], ["cut"], ["shuffled"], ["busy"], ["failed", "timeout"]]
)
def test_whatever_becomes_of_an_operation_no_order_is_lost(
    busy: FakeShopify, clock: ShopClock, faults: list[str]
) -> None:
    busy.bulk.faults = list(faults)
    run(begin(clock))
    check_all(busy)


def test_a_partial_result_is_used_as_far_as_it_goes(busy: FakeShopify, clock: ShopClock) -> None:
    busy.bulk.faults = ["failed"]
    run(begin(clock))
    first, second = (busy.bulk.all[number].text for number in (1, 2))
    assert first != second, "the second operation begins where the first one ended"
    check_all(busy)


def test_an_import_goes_on_in_another_process(
    busy: FakeShopify, clock: ShopClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "CHUNK", 5)
    work = begin(clock)
    steps = fetch_history(work)
    while rows_of_all_stores(Order).count() < 5:
        next(steps)
    steps.close()
    work.job.refresh_from_db()
    assert (work.job.report or {})["done"] == 5
    run(Work(work.job))
    check_all(busy)
    assert len(busy.bulk.all) == 1, "the result of the operation is read on"
    assert not busy.bulk.all[1].status.startswith("CANCEL")


def test_an_import_that_waits_for_the_shop_pauses_instead_of_sleeping(
    busy: FakeShopify, clock: ShopClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "ASK_SECONDS", (3600.0,))
    busy.bulk.faults = ["busy"]
    steps = fetch_history(begin(clock))
    assert [next(steps), next(steps)] == [history.STEP_SECONDS] * 2
    steps.close()


def test_a_cancelled_import_stops_the_operation_of_the_shop(busy: FakeShopify, clock: ShopClock) -> None:
    work = begin(clock)
    steps = fetch_history(work)
    next(steps)
    operations.cancel(work.job.pk)
    with pytest.raises(LostJob):
        for _ in steps:
            pass
    assert busy.bulk.all[1].status.startswith("CANCEL")
    assert rows_of_all_stores(Order).count() == 0


def test_operations_that_fail_again_and_again_end_the_import(busy: FakeShopify, clock: ShopClock) -> None:
    busy.bulk.faults = ["expired"] * 20
    work = begin(clock)
    with pytest.raises(JobFailed, match="again and again"):
        run(work)
    assert rows_of_all_stores(SyncRun).get(kind="history").state == "failed"


def test_orders_that_the_app_may_not_see_are_said(
    busy: FakeShopify, connected: ShopConnection, clock: ShopClock
) -> None:
    report = run(begin(clock, days=61))
    assert "the last 60 days" in report["notice"]
    assert rows_of_all_stores(SyncRun).get(kind="history").notice == report["notice"]
    rows_of_all_stores(Connection).update(scopes=["read_orders", "read_all_orders"])
    assert "notice" not in run(begin(clock, days=61))


def test_a_shop_without_orders_is_read(connected: ShopConnection, shop: FakeShopify, clock: ShopClock) -> None:
    assert run(begin(clock))["seen"] == 0


def test_the_report_of_the_shop_ends_the_wait(
    busy: FakeShopify, connected: ShopConnection, clock: ShopClock, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "ASK_SECONDS", (0.0, 0.0, 3600.0))
    reconciling.check_webhooks(connected.store.id)
    work = begin(clock)
    for _ in fetch_history(work):
        busy.bulk.move()
        busy.deliver()
        desk.work()
    check_all(busy)
