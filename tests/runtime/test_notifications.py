"""Notifications reach a reader that has no channel layer."""

from __future__ import annotations

import pytest
from django.db import transaction

from runtime import redis
from runtime.notifications import Listener
from runtime.waking import CHANNEL, wake_after_commit
from streaming import notifications
from streaming.names import NOTIFICATION_CHANNEL, TOTALS_CHANGED
from tests.clean import empty_redis


def test_the_notification_of_changed_totals_names_them() -> None:
    empty_redis()
    received: list[bytes] = []
    listener = Listener(NOTIFICATION_CHANNEL, received.append)
    listener.turn()
    notifications.totals_changed("demo")
    listener.turn()
    [message] = received
    assert TOTALS_CHANGED.encode() in message
    listener.close()


@pytest.mark.django_db(transaction=True)
def test_a_loop_is_asked_for_after_the_commit() -> None:
    empty_redis()
    received: list[bytes] = []
    listener = Listener(CHANNEL, received.append)
    listener.turn()
    with transaction.atomic():
        wake_after_commit("events")
        listener.turn()
        assert received == []
    listener.turn()
    assert received == [b"events"]
    listener.close()


def test_a_listener_subscribes_again_after_it_was_closed() -> None:
    empty_redis()
    received: list[bytes] = []
    listener = Listener(NOTIFICATION_CHANNEL, received.append)
    for _ in range(2):
        listener.turn()
        redis.client().publish(NOTIFICATION_CHANNEL, b"feed.totals")
        listener.turn()
        listener.close()
    assert received == [b"feed.totals"] * 2


@pytest.fixture(autouse=True)
def quick_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn without a notification ends soon."""
    monkeypatch.setattr("runtime.notifications.WAIT_SECONDS", 0.5)
