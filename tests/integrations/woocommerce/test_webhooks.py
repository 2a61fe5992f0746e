"""Webhooks of a shop lead to the documents that its orders need, whatever WooCommerce makes of them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from commerce.models import Product, StockLevel
from commerce.stock import record_levels
from integrations.fakes.faults import Faults
from integrations.syncing import reconciling
from integrations.syncing.models import SyncState
from integrations.webhooks import claims, replaying, tallies
from integrations.webhooks.models import Delivery
from integrations.webhooks.queries import Filter
from integrations.webhooks.signatures import sign
from integrations.webhooks.states import State
from integrations.webhooks.types import Handled
from integrations.webhooks.working import work_next
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.fake.customers import act
from integrations.woocommerce.fake.goods import BOOK, MUG, Item
from integrations.woocommerce.fake.shop import GONE, FakeShop
from integrations.woocommerce.goods import handle_product
from integrations.woocommerce.stock import read_goods
from integrations.woocommerce.subscriptions import TOPICS
from orders.models import Order, OrderDocument
from runtime.clock import ClockTimestamp, read_clock
from stores.rows import rows_of_all_stores
from tests.integrations.desk import Desk, documents, states
from tests.integrations.woocommerce.clock import ShopClock


def let_all_be_due() -> None:
    rows_of_all_stores(Delivery).update(next_at=ClockTimestamp() - timedelta(seconds=1), claimed_until=None)


@pytest.fixture
def live(connected: ShopConnection, shop: FakeShop) -> FakeShop:
    """The shop with the webhooks that lead to us."""
    reconciling.check_webhooks(connected.store.id)
    assert {webhook.status for webhook in shop.hooks.all.values()} == {"active"}
    return shop


def test_created_and_updated_with_one_body_lead_to_one_invoice(live: FakeShop, desk: Desk) -> None:
    order = live.place(Item(MUG, 3), has_shipping=True)
    live.deliver()
    desk.work()
    assert documents(order) == [(f"order:{order.id}", "35.80")]
    assert states() == [("order.created", "done", ""), ("order.updated", "done", "")]
    assert {row.order for row in rows_of_all_stores(Delivery)} == {str(order.id)}


def test_refunds_are_fetched_and_credited_by_their_lines_or_amount(
    live: FakeShop, desk: Desk, clock: ShopClock, shop: FakeShop
) -> None:
    order = live.place(Item(MUG, 3), has_shipping=True)
    clock.move()
    first = live.refund(order, Item(MUG))
    second = live.refund(order, amount=Decimal("2.00"))
    live.deliver()
    desk.work()
    assert documents(order) == [
        (f"order:{order.id}", "35.80"), (f"refund:{first.id}", "9.99"), (f"refund:{second.id}", "2.00"),
    ]  # fmt: skip


def test_an_order_is_invoiced_as_it_is_at_delivery(live: FakeShop, desk: Desk) -> None:
    edited, cancelled, failed = live.place(Item(BOOK)), live.place(is_paid=False), live.place(is_paid=False)
    live.edit(edited, Item(BOOK, 3))
    live.cancel(cancelled)
    failed.status = "failed"
    live.deliver()
    desk.work()
    assert documents(edited) == [(f"order:{edited.id}", "38.70")]
    assert documents(cancelled) == documents(failed) == []
    assert {row.rule for row in rows_of_all_stores(Order).exclude(external_id=str(edited.id))} == {"not-paid"}


def test_an_edit_after_the_invoice_credits_it_and_issues_a_new_one(
    live: FakeShop, desk: Desk, clock: ShopClock
) -> None:
    order = live.place(Item(BOOK))
    live.deliver()
    desk.work()
    clock.move()
    live.edit(order, Item(BOOK, 3))
    live.deliver()
    desk.work()
    assert sorted(documents(order)) == [
        (f"edit:{order.id}", "12.90"), (f"order:{order.id}", "12.90"), (f"order:{order.id}:2", "38.70"),
    ]  # fmt: skip


def test_a_change_within_the_second_of_another_is_asked_for(live: FakeShop, desk: Desk) -> None:
    order = live.place(is_paid=False)
    live.deliver()
    desk.work()
    assert documents(order) == []
    # WooCommerce dates it with the same second.
    live.pay(order)
    live.hooks.note("order.created", order.id)
    live.deliver()
    desk.work()
    assert documents(order) == [(f"order:{order.id}", "9.99")]


def test_an_error_as_body_is_quarantined(live: FakeShop, desk: Desk) -> None:
    order = live.place()
    live.delete(order)
    live.deliver()
    desk.work()
    assert states() == [("order.created", "quarantined", "no-order"), ("order.updated", "quarantined", "no-order")]
    assert rows_of_all_stores(Order).count() == 0


def test_an_order_that_is_deleted_after_its_webhook_is_invoiced_and_credited(live: FakeShop, desk: Desk) -> None:
    order = live.place()
    refund = live.refund(order, amount=Decimal("2.00"))
    live.deliver()
    live.delete(order)
    desk.work()
    assert documents(order) == [(f"order:{order.id}", "9.99"), (f"refund:{refund.id}", "2.00")]


def test_a_trashed_order_keeps_its_documents_and_comes_back(
    connected: ShopConnection, live: FakeShop, desk: Desk, clock: ShopClock
) -> None:
    order, open_order = live.place(), live.place(is_paid=False)
    live.deliver()
    desk.work()
    for each in (order, open_order):
        live.trash(each)
        live.deliver()
        desk.work()
        assert rows_of_all_stores(Order).get(external_id=str(each.id)).rule == "trashed"
    assert documents(order) == [(f"order:{order.id}", "9.99")]
    clock.move()
    live.restore(open_order)
    live.deliver()
    desk.work()
    assert rows_of_all_stores(Order).get(external_id=str(open_order.id)).invoice_state == "waiting"
    # The body of this webhook is that of the first one.
    clock.move()
    live.trash(open_order)
    live.deliver()
    desk.work()
    assert rows_of_all_stores(Order).get(external_id=str(open_order.id)).rule == "trashed"


def test_product_deleted_with_the_id_of_an_order_does_not_touch_the_order(live: FakeShop, desk: Desk) -> None:
    order = live.place()
    live.hooks.add("product.deleted", live.hooks.all[1].delivery_url, live.hooks.all[1].secret)
    live.hooks.note("product.deleted", order.id)
    live.deliver()
    desk.work()
    assert states()[-1] == ("product.deleted", "set_aside", "unknown-product")
    assert documents(order) == [(f"order:{order.id}", "9.99")]


def test_stock_that_a_webhook_reports_is_noted_and_an_older_reading_does_not_replace_it(
    connected: ShopConnection, live: FakeShop, desk: Desk
) -> None:
    began_at = read_clock()
    live.set_stock(MUG, 3)
    live.deliver()
    desk.work()
    assert states() == [("product.updated", "done", "")]
    for goods in read_goods(ShopClient(connected)):
        record_levels(connected.store, [replace(level, available=1000) for level in goods.levels], read_at=began_at)
    levels = {level.sku: level.available for level in rows_of_all_stores(StockLevel).select_related("variant")}
    assert levels == {"MUG": 3, "BOOK": 1000, "SPOON": 1000, "SCREW": 1000}
    assert rows_of_all_stores(Product).get(code="MUG").category == "Kitchen & home"


@pytest.mark.parametrize("body", [GONE, {"id": 7, "type": "variable", "stock_status": "instock"}, [], {"id": "x"}])
def test_a_product_without_stock_of_its_own_is_applied_and_notes_nothing(
    connected: ShopConnection, body: object
) -> None:
    handled = handle_product(connected.store, body, read_clock())
    assert handled.state == State.DONE
    assert not rows_of_all_stores(Product).exists()


def test_products_with_one_delivery_id_are_all_applied(connected: ShopConnection, desk: Desk) -> None:
    """WooCommerce gives the same delivery id to all deliveries of a webhook within a second."""
    for body in (b'{"id":12,"name":"Book"}', b'{"id":13,"name":"Screw"}', b'{"id":14,"name":"Soon gone"}'):
        signature = sign(body, connected.webhook_secrets[0]).decode()
        headers = {
            "X-WC-Webhook-Topic": "product.created", "X-WC-Webhook-Delivery-ID": "one", "X-WC-Webhook-Signature": signature,
        }  # fmt: skip
        assert desk.send(f"http://desk.test/in/woocommerce/{connected.intake_key}/", headers, body) == 200
    desk.work()
    assert states() == [("product.created", "done", "")] * 3


def test_an_order_in_the_trash_at_its_first_webhook_is_invoiced_when_it_is_restored(
    live: FakeShop, desk: Desk, clock: ShopClock
) -> None:
    order = live.place()
    live.trash(order)
    live.deliver()
    desk.work()
    assert (documents(order), rows_of_all_stores(Order).get().rule) == ([], "trashed")
    clock.move()
    live.restore(order)
    live.deliver()
    desk.work()
    assert documents(order) == [(f"order:{order.id}", "9.99")]


def test_a_shop_that_does_not_answer_is_tried_again_and_the_delivery_is_dead_at_last(
    live: FakeShop, desk: Desk
) -> None:
    order = live.place()
    live.refund(order)
    live.deliver()
    live.faults.answers = [500] * 100
    desk.work()
    waiting = rows_of_all_stores(Delivery).filter(state="new")
    assert waiting.count() == 2
    assert documents(order) == []
    for _ in range(2 * claims.MOST_ATTEMPTS):
        let_all_be_due()
        desk.work()
    assert {state for _, state, _ in states()} == {"dead"}
    assert "500" in rows_of_all_stores(Delivery)[0].message
    # A replay has all attempts again.
    live.faults.answers = []
    assert replaying.replay(rows_of_all_stores(Delivery)[0].store_id or 0, Filter(state="dead")) == 2
    desk.work()
    assert [total for _, total in documents(order)] == ["9.99", "9.99"]
    assert {state for _, state, _ in states()} == {"done"}


def test_a_later_report_closes_what_was_quarantined(live: FakeShop, desk: Desk, clock: ShopClock) -> None:
    order = live.place()
    live.deliver()
    desk.work()
    rows_of_all_stores(Delivery).update(state="quarantined", rule="sums-differ")
    clock.move()
    live.complete(order)
    live.deliver()
    desk.work()
    assert {state for _, state, _ in states()} == {"done"}


def test_a_worker_that_lost_its_claim_changes_nothing(live: FakeShop, desk: Desk) -> None:
    live.place()
    live.deliver()
    first = claims.claim_next(needs_shop=False)
    assert first is not None
    assert claims.claim_next(needs_shop=False) is None, "the other delivery is of the same order"
    let_all_be_due()
    desk.work()
    assert not claims.finish(first, Handled(state=State.DEAD))
    assert {state for _, state, _ in states()} == {"done"}


def test_a_process_that_is_killed_each_time_makes_no_endless_loop(live: FakeShop) -> None:
    live.place()
    live.deliver()
    for _ in range(claims.MOST_ATTEMPTS):
        assert claims.claim_next(needs_shop=False)
        let_all_be_due()
        rows_of_all_stores(Delivery).filter(attempts=0).update(state="done")
    assert work_next(may_ask=False)
    assert rows_of_all_stores(Delivery).get(attempts__gt=0).state == "dead"


def test_a_dry_run_says_what_a_replay_would_do_and_changes_nothing(
    connected: ShopConnection, live: FakeShop, desk: Desk
) -> None:
    live.place()
    refunded = live.place()
    live.refund(refunded)
    waiting = live.place(is_paid=False)
    live.deliver()
    store_id = connected.store.id
    # Two deliveries of each order: the older changes nothing once the newer is applied.
    assert replaying.preview(store_id, Filter()) == {"nothing": 3, "update": 1, "issue": 2, "credit": 1}
    assert rows_of_all_stores(Order).count() == 0
    desk.work()
    assert replaying.preview(store_id, Filter()) == {"nothing": 6, "update": 0, "issue": 0, "credit": 0}
    assert documents(waiting) == []


def test_a_webhook_that_fails_seven_times_is_switched_on_again_and_its_orders_are_healed(
    connected: ShopConnection, live: FakeShop, desk: Desk
) -> None:
    desk.outages = [500] * 14
    for _ in range(7):
        live.place()
        live.deliver()
    assert {live.hooks.all[number].status for number in (1, 2)} == {"disabled"}
    found = reconciling.check_webhooks(connected.store.id)
    assert (found.added, {webhook.status for webhook in live.hooks.all.values()}) == (2, {"active"})
    assert {each["state"] for each in rows_of_all_stores(SyncState).get().subscriptions} == {"active"}
    assert reconciling.check_webhooks(connected.store.id).added == 0
    assert len(live.hooks.all) == len(TOPICS)
    rows_of_all_stores(SyncState).update(cursor=live.clock() - timedelta(days=1))
    assert reconciling.poll(connected.store.id).missed == 7
    assert (tallies.read(connected.store.id).healed, rows_of_all_stores(OrderDocument).count()) == (7, 7)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_to_webhooks_the_accounts_are_those_of_the_shop(
    connected: ShopConnection, live: FakeShop, desk: Desk, clock: ShopClock, seed: int
) -> None:
    chance = random.Random(seed)
    live.faults.__dict__.update(
        Faults(lost=0.2, late=0.3, doubled=0.3, is_reordered=True, random=random.Random(seed)).__dict__
    )
    for _ in range(40):
        clock.move(chance.choice([0, 0, 1, 90]))
        act(live, chance)
        if chance.random() < 0.4:
            live.deliver()
            desk.work()
    clock.move(1)
    live.deliver()
    desk.work()
    rows_of_all_stores(SyncState).update(cursor=clock() - timedelta(days=1))
    reconciling.poll(connected.store.id)
    for order in live.orders.values():
        row = rows_of_all_stores(Order).get(external_id=str(order.id))
        assert row.total + row.redeemed - row.refunded == order.left, order
        expected = order.left if order.paid_at and order.status not in ("cancelled",) else row.invoiced - row.credited
        assert row.invoiced - row.credited == expected, (order, documents(order))
