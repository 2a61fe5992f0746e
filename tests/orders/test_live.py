"""What the screens of a store get of its orders: frames after each commit, and the present state for a new screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import transaction

from orders import live
from orders.deletion import record_deletion
from orders.recording import record, record_all
from stores.queries import StoreFacts, read_store
from tests.orders.samples import PAID, order, refund
from tests.streaming.sent import SentFrames


@pytest.fixture
def frames(transactional_db: None) -> Iterator[SentFrames]:
    found = SentFrames()
    yield found
    found.close()


@pytest.fixture
def main(transactional_db: None) -> StoreFacts:
    return read_store("main")


def test_an_order_is_sent_with_its_account_and_documents_after_the_commit(main: StoreFacts, frames: SentFrames) -> None:
    with transaction.atomic():
        record(main, order())
        assert frames.read() == [], "nothing is sent before the commit"
    sent, account = frames.read()
    assert (sent["feed"], sent["type"]) == ("live", "order")
    assert sent["order"]["external_id"] == "18"
    assert sent["order"]["invoice_state"] == "invoiced"
    assert sent["order"]["account"]["invoiced"] == sent["order"]["account"]["worth"] == "9.99"
    assert sent["order"]["account"]["difference"] == "0.00"
    [document] = sent["order"]["documents"]
    assert (document["kind"], document["total_amount"]) == ("invoice", "9.99")
    assert (account["type"], account["order_counts"]) == ("account", {"invoiced": 1})
    [euros] = account["accounts"]
    assert (euros["currency"], euros["orders"], euros["invoiced"], euros["difference"]) == ("EUR", 1, "9.99", "0.00")


def test_a_report_that_changes_nothing_is_not_sent(main: StoreFacts, frames: SentFrames) -> None:
    record(main, order())
    frames.read()
    record(main, order())
    record(main, order(updated_at=PAID.replace(year=2025), total="1.00"))
    assert frames.read() == []


def test_an_unannounced_order_is_not_sent(main: StoreFacts, frames: SentFrames) -> None:
    record_all(main, [order()], announce=False)
    assert frames.read() == []


def test_a_deleted_order_is_sent(main: StoreFacts, frames: SentFrames) -> None:
    record(main, order(paid_at=None))
    frames.read()
    record_deletion(main, "18")
    sent, account = frames.read()
    assert (sent["order"]["invoice_state"], sent["order"]["rule"]) == ("set_aside", "trashed")
    assert account["order_counts"] == {"set_aside": 1}


def test_the_sums_follow_every_change_of_an_order(main: StoreFacts) -> None:
    waiting = order(paid_at=None)
    record(main, waiting)
    assert live.read_accounts(main)["accounts"][0]["waiting"] == "9.99"
    back = refund("1", "3.00")
    record(main, replace(waiting, paid_at=PAID, updated_at=PAID.replace(hour=20), refunds=(back,)))
    [euros] = live.read_accounts(main)["accounts"]
    shown = ("orders", "worth", "waiting", "invoiced", "credited", "difference")
    assert [euros[name] for name in shown] == [1, "6.99", "0.00", "9.99", "3.00", "0.00"]


def test_a_new_screen_begins_with_the_orders_that_changed_last(main: StoreFacts) -> None:
    for name in ("1", "2", "3"):
        record(main, order(external_id=name, paid_at=None))
    record(main, order(external_id="1", updated_at=PAID.replace(hour=20)))
    state = live.read_state(main)
    assert [each["external_id"] for each in state["orders"]] == ["1", "3", "2"]
    assert state["order_counts"] == {"waiting": 2, "invoiced": 1}


def test_orders_name_no_buyer(main: StoreFacts) -> None:
    record(main, order())
    assert "Erika" not in json.dumps(live.read_state(main))
