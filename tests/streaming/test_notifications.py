"""Announcements in quick succession share a notification: the first is sent at once, the last is never lost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from runtime import redis
from runtime.environment import BASE_DIR
from streaming import names, notifications
from streaming.layers import notification_layer
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
GROUP = f"invoicedash__group__{names.GROUP}"
MARK = b"until here"


@pytest.fixture
def listener(redis_client: Any) -> Iterator[Any]:
    listener = redis_client.pubsub()
    listener.subscribe(GROUP)
    assert listener.get_message(timeout=HANG_SECONDS)["type"] == "subscribe"
    yield listener
    listener.close()


def receive_one(listener: Any) -> str | None:
    """The feed that the next notification of totals names; None at the mark of `receive_all`."""
    data = listener.get_message(timeout=HANG_SECONDS)["data"]
    if data == MARK:
        return None
    notification = notification_layer().deserialize(data)
    assert notification["type"] == "feed.totals"
    return str(notification["feed"])


def receive_all(listener: Any) -> list[str]:
    """The feeds named by the notifications that were sent before this call."""
    redis.client().publish(GROUP, MARK)
    return list(iter(lambda: receive_one(listener), None))


def test_one_is_sent_at_once(listener: Any) -> None:
    time.sleep(notifications.QUIET_SECONDS)
    notifications.announced("demo")
    assert not notifications._announcements._waiting
    assert receive_all(listener) == ["demo"]


def test_many_are_sent_as_a_few_and_the_last_is_among_them(listener: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    time.sleep(notifications.QUIET_SECONDS)
    notifications.announced("demo")
    receive_all(listener)
    monkeypatch.setattr(notifications, "QUIET_SECONDS", 1.0)
    for _ in range(200):
        notifications.announced("demo")
    # The last has to wait, and is sent although nothing follows it.
    assert receive_one(listener) == "demo"
    assert len(receive_all(listener)) < 100


def test_each_feed_gets_its_own_notification(listener: Any) -> None:
    time.sleep(notifications.QUIET_SECONDS)
    for feed in ("demo", "live"):
        notifications.announced(feed)
    assert receive_all(listener) == ["demo", "live"]


def test_pending_notifications_are_sent_when_the_process_ends(listener: Any) -> None:
    code = "import django; django.setup(); from streaming import notifications as n; [n.announced('demo') for _ in range(2)]"
    subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, check=True)
    assert receive_all(listener) == ["demo", "demo"]


def test_notification_that_cannot_be_sent_costs_itself_alone(listener: Any) -> None:
    gathered = notifications.BatchedAnnouncements()
    broken: Any = frozenset()
    with pytest.raises((AttributeError, TypeError)):
        gathered.notify(broken)
    # By the thread, since it comes soon after the first.
    gathered.notify(broken)
    for _ in range(2):
        gathered.notify("demo")
    assert [receive_one(listener), receive_one(listener)] == ["demo", "demo"]
