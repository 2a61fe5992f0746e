"""What no webhook brought is found by reading the shop, counted, and leads to the same documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.syncing import loops, reconciling, sync, taking
from integrations.syncing.errors import ShopBusy
from integrations.syncing.health import read_health
from integrations.syncing.history import fetch_history
from integrations.syncing.idscheck import compare
from integrations.syncing.models import SyncRun, SyncState
from integrations.syncing.schedule import next_night, poll_seconds, retry_seconds
from integrations.syncing.shop import Found, Listed
from integrations.syncing.taking import take_listed
from integrations.webhooks import tallies
from integrations.webhooks.models import Delivery
from integrations.woocommerce import paging
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.fake.goods import BOOK, MUG, Item
from integrations.woocommerce.fake.shop import FakeShop
from integrations.woocommerce.models import Connection
from integrations.woocommerce.paging import changed_orders, modified_at
from integrations.woocommerce.shop import WooShop
from invoices.models import Invoice
from jobs.models import Job
from jobs.work import Work
from orders.models import Order
from runtime.clock import ClockTimestamp, read_clock
from stores.rows import rows_of, rows_of_all_stores
from streaming.models import Entry
from tests.integrations.desk import Desk
from tests.integrations.woocommerce.clock import ShopClock


@pytest.fixture
def connected(connected: ShopConnection, clock: ShopClock) -> ShopConnection:
    """Connected before the first order was placed."""
    rows_of_all_stores(SyncState).update(cursor=clock() - timedelta(days=1))
    rows_of_all_stores(Connection).update(connected_at=clock() - timedelta(days=1))
    return connected


def client(connected: ShopConnection) -> ShopClient:
    return ShopClient(connected)


def listed(order: dict[str, Any]) -> list[Listed]:
    return [Listed(external_id=str(order["id"]), changed_at=modified_at(order), body=order)]


def totals() -> list[str]:
    return [str(total) for total in Invoice.objects.order_by("kind", "id").values_list("total_amount", flat=True)]


def test_a_poll_records_what_no_webhook_brought_and_counts_it(
    connected: ShopConnection, shop: FakeShop, clock: ShopClock
) -> None:
    first = shop.place()
    shop.refund(first, amount=Decimal("2.00"))
    clock.move(5)
    shop.place(Item(BOOK))
    found = reconciling.poll(connected.store.id)
    assert (found.seen, found.added, found.missed) == (2, 2, 2)
    assert sorted(totals()) == ["12.90", "2.00", "9.99"]
    tally = tallies.read(connected.store.id)
    assert (tally.missed, tally.healed) == (2, 2)
    assert reconciling.poll(connected.store.id).added == 0
    assert Invoice.objects.count() == 3
    shown = read_health(connected.store)
    assert (shown["webhooks"]["healed"], [run["healed"] for run in shown["runs"]]) == (2, [0, 2])


def test_an_order_whose_webhook_waits_in_the_inbox_was_not_missed(connected: ShopConnection, shop: FakeShop) -> None:
    reconciling.check_webhooks(connected.store.id)
    shop.place()
    shop.deliver()
    shop.hooks.all.clear()
    shop.place()
    found = reconciling.poll(connected.store.id)
    assert (found.added, found.missed) == (2, 1)


def test_a_poll_goes_on_from_the_newest_change_with_an_overlap(
    connected: ShopConnection, shop: FakeShop, clock: ShopClock
) -> None:
    shop.place()
    reconciling.poll(connected.store.id)
    shop.place()
    assert reconciling.poll(connected.store.id).seen == 2, "the order of the first poll is read again"
    assert sync.read_cursor(connected.store.id) == clock()
    sync.move_cursor(connected.store.id, clock() - timedelta(days=9))
    assert sync.read_cursor(connected.store.id) == clock()


def test_a_refund_of_the_same_second_is_read_by_a_poll(connected: ShopConnection, shop: FakeShop) -> None:
    order = shop.place()
    shop.refund(order, amount=Decimal("1.00"))
    reconciling.poll(connected.store.id)
    shop.refund(order, amount=Decimal("2.00"))
    reconciling.poll(connected.store.id)
    assert sorted(totals()) == ["1.00", "2.00", "9.99"]


def test_a_change_of_the_second_of_a_known_refund_is_read_by_a_poll(connected: ShopConnection, shop: FakeShop) -> None:
    order = shop.place()
    shop.refund(order, amount=Decimal("1.00"))
    reconciling.poll(connected.store.id)
    shop.complete(order)
    assert reconciling.poll(connected.store.id).added == 1
    assert rows_of(Order, connected.store.id).get().state == "completed"


def test_an_order_that_changes_while_its_page_is_read_is_asked_for_again(
    connected: ShopConnection, shop: FakeShop
) -> None:
    order = shop.place()
    asked_at, page = read_clock(), listed(order.as_json())
    shop.refund(order, amount=Decimal("1.00"))
    reconciling.poll(connected.store.id)
    found = Found()
    with client(connected) as asking:
        take_listed(WooShop(connected, asking), page, found, asked_at=asked_at)
    assert sorted(totals()) == ["1.00", "9.99"], "the older page withdraws no refund"
    assert (found.seen, found.added) == (1, 0)


def test_an_order_that_never_stops_changing_is_left_to_the_next_poll(
    connected: ShopConnection, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.place()
    reconciling.poll(connected.store.id)
    long_ago, page = read_clock() - timedelta(days=1), listed(order.as_json() | {"status": "completed"})
    shop.complete(order)
    monkeypatch.setattr(taking, "read_clock", lambda: long_ago)
    with client(connected) as asking, pytest.raises(ShopBusy, match="changes faster"):
        take_listed(WooShop(connected, asking), page, Found(), asked_at=long_ago)


def test_the_refunds_of_an_order_that_has_not_changed_are_not_asked_for(
    connected: ShopConnection, shop: FakeShop
) -> None:
    order = shop.place(Item(MUG), Item(BOOK), has_shipping=True)
    shop.refund(order, Item(BOOK))
    reconciling.poll(connected.store.id)
    shop.faults.answers = ["none", 500]
    reconciling.poll(connected.store.id)
    assert shop.faults.answers == [500], "the second request was not made"


@pytest.fixture
def small_pages() -> Iterator[None]:
    size, paging.PER_PAGE = paging.PER_PAGE, 3
    yield
    paging.PER_PAGE = size


def test_an_order_that_moves_between_two_pages_hides_no_other(
    connected: ShopConnection, shop: FakeShop, clock: ShopClock, small_pages: None
) -> None:
    placed = []
    for _ in range(10):
        placed.append(shop.place())
        clock.move()
    seen: set[int] = set()
    with client(connected) as asking:
        for page in changed_orders(asking, clock() - timedelta(hours=1)):
            seen |= {int(order["id"]) for order in page.orders}
            # It moves to the end, and all behind it move up by one.
            if len(seen) < 10:
                shop.complete(placed[len(seen) - 1])
                clock.move()
    assert seen == {order.id for order in placed}


def test_many_orders_of_one_second_are_all_read(
    connected: ShopConnection, shop: FakeShop, clock: ShopClock, small_pages: None
) -> None:
    shop.place()
    clock.move()
    for _ in range(8):
        shop.place()
    clock.move()
    shop.place()
    with client(connected) as asking:
        pages = list(changed_orders(asking, clock() - timedelta(hours=1)))
    ids = [int(order["id"]) for page in pages for order in page.orders]
    assert sorted(ids) == sorted(shop.orders)
    assert len(ids) == len(set(ids))


def test_an_order_that_cannot_be_read_costs_no_other_and_is_kept(connected: ShopConnection, shop: FakeShop) -> None:
    broken, whole = shop.place(), shop.place(Item(BOOK))
    body = broken.as_json() | {"total": "NaN"}
    broken.as_json = lambda: body  # type: ignore[method-assign]
    reconciling.poll(connected.store.id)
    assert totals() == ["12.90"]
    kept = rows_of_all_stores(Delivery).get()
    assert (kept.state, kept.rule, kept.order) == ("quarantined", "no-order", str(broken.id))
    reconciling.poll(connected.store.id)
    assert rows_of_all_stores(Delivery).count() == 1
    assert rows_of_all_stores(Order).get().external_id == str(whole.id)


@pytest.mark.parametrize("fault", [429, 500, 502, "half"])
def test_a_shop_in_trouble_is_asked_again_later(connected: ShopConnection, shop: FakeShop, fault: Any) -> None:
    shop.place()
    shop.faults.answers = [fault]
    reconciling.poll(connected.store.id)
    state = rows_of_all_stores(SyncState).get()
    assert (state.status, state.failures) == ("error", 1)
    assert state.error
    assert rows_of_all_stores(SyncRun).get().state == "failed"
    assert totals() == []
    reconciling.poll(connected.store.id)
    state.refresh_from_db()
    assert (state.status, state.failures, state.error, totals()) == ("active", 0, "", ["9.99"])


def test_revoked_keys_are_said_and_come_back(connected: ShopConnection, shop: FakeShop) -> None:
    keys, shop.keys = shop.keys, {}
    reconciling.poll(connected.store.id)
    state = rows_of_all_stores(SyncState).get()
    assert (state.status, "refuses the keys" in state.error) == ("revoked", True)
    shop.keys = keys
    reconciling.poll(connected.store.id)
    assert rows_of_all_stores(SyncState).get().status == "active"


def test_an_order_deleted_for_good_is_found_by_its_id(
    connected: ShopConnection, shop: FakeShop, clock: ShopClock
) -> None:
    deleted, trashed, missed, kept = shop.place(is_paid=False), shop.place(), shop.place(Item(BOOK)), shop.place()
    reconciling.poll(connected.store.id)
    shop.delete(deleted)
    shop.trash(trashed)
    found = reconciling.run_reading(connected.store.id, SyncRun.Kind.IDS, compare)
    assert found.gone == 1
    rules = dict(rows_of_all_stores(Order).values_list("external_id", "rule"))
    assert rules == {str(deleted.id): "trashed", str(trashed.id): "trashed", str(missed.id): "", str(kept.id): ""}
    assert sorted(totals()) == ["12.90", "9.99", "9.99"]
    assert reconciling.run_reading(connected.store.id, SyncRun.Kind.IDS, compare).gone == 0


def test_the_ids_find_an_order_that_nothing_else_brought(connected: ShopConnection, shop: FakeShop) -> None:
    shop.place()
    found = reconciling.run_reading(connected.store.id, SyncRun.Kind.IDS, compare)
    assert (found.missed, totals()) == (1, ["9.99"])


def test_the_ids_leave_orders_from_before_the_connection_to_the_history(
    connected: ShopConnection, shop: FakeShop, clock: ShopClock
) -> None:
    shop.place()
    rows_of_all_stores(Connection).update(connected_at=clock() + timedelta(seconds=1))
    found = reconciling.run_reading(connected.store.id, SyncRun.Kind.IDS, compare)
    assert (found.seen, found.missed, totals()) == (1, 0, [])


def test_a_history_goes_on_where_it_was_ended_and_announces_nothing(
    connected: ShopConnection, shop: FakeShop, clock: ShopClock, desk: Desk
) -> None:
    for _ in range(60):
        shop.place()
        clock.move()
    since = (clock() - timedelta(days=1)).isoformat()
    job = Job.objects.create(
        kind="woocommerce-history", arguments={"store": "main", "from": since}, state="running",
        started_at=ClockTimestamp(), heartbeat_at=ClockTimestamp(),
    )  # fmt: skip
    job.refresh_from_db()
    steps = fetch_history(Work(job))
    next(steps)
    steps.close()
    assert 0 < Invoice.objects.count() < 60
    job.refresh_from_db()
    for _ in fetch_history(Work(job)):
        pass
    assert Invoice.objects.count() == 60
    assert Entry.objects.count() == 0
    assert rows_of_all_stores(SyncRun).get(kind="history").state == "done"


def test_what_is_due_is_read_and_not_before(connected: ShopConnection, shop: FakeShop, desk: Desk) -> None:
    rows_of_all_stores(SyncState).update(next_ids_at=ClockTimestamp() + timedelta(hours=1))
    assert loops.reconcile(), "the webhooks"
    assert loops.reconcile(), "the orders"
    assert not loops.reconcile()
    assert {run.kind for run in rows_of_all_stores(SyncRun)} == {"poll", "webhooks"}


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_a_shop_is_polled_as_often_as_it_needs() -> None:
    def seconds(**changes: Any) -> int:
        usual: dict[str, Any] = {
            "busy_seconds": 300,
            "are_webhooks_active": True,
            "last_missed_at": None,
            "last_event_at": None,
        }
        return poll_seconds(NOW, **usual | changes)

    assert seconds() == 1800
    assert seconds(last_event_at=NOW - timedelta(minutes=5)) == 300
    assert seconds(last_event_at=NOW - timedelta(hours=5)) == 1800
    assert seconds(are_webhooks_active=False) == 30
    assert seconds(last_missed_at=NOW - timedelta(minutes=5), last_event_at=NOW) == 30


def test_the_time_between_attempts_grows_to_half_an_hour() -> None:
    assert [retry_seconds(failures) for failures in (1, 2, 3, 20)] == [30, 60, 120, 1800]
    assert retry_seconds(1, 600) == 600


def test_the_ids_are_compared_in_the_night_of_the_shop() -> None:
    assert next_night(NOW, UTC) == datetime(2026, 12, 1, 3, tzinfo=UTC)
    assert next_night(NOW.replace(hour=1), UTC) == datetime(2026, 11, 30, 3, tzinfo=UTC)
