"""The notification of an issue reaches a reader that has no channel layer."""

from __future__ import annotations

import pytest

from runtime import redis
from runtime.notifications import Listener
from streaming import notifications
from streaming.names import NOTIFICATION_CHANNEL, TOTALS_CHANGED
from tests.clean import empty_redis


def test_only_the_notification_of_changed_totals_counts() -> None:
    empty_redis()
    received: list[int] = []
    listener = Listener(NOTIFICATION_CHANNEL, lambda: received.append(1), marker=TOTALS_CHANGED.encode())
    listener.turn()
    notifications.shown("demo", 1, "{}", cleared_seq=None)
    listener.turn()
    assert received == []
    notifications.totals_changed("demo")
    listener.turn()
    assert received == [1]
    listener.close()


def test_a_listener_subscribes_again_after_it_was_closed() -> None:
    empty_redis()
    received: list[int] = []
    listener = Listener(NOTIFICATION_CHANNEL, lambda: received.append(1), marker=TOTALS_CHANGED.encode())
    for _ in range(2):
        listener.turn()
        redis.client().publish(NOTIFICATION_CHANNEL, b"feed.totals")
        listener.turn()
        listener.close()
    assert received == [1, 1]


@pytest.fixture(autouse=True)
def quick_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn without a notification ends soon."""
    monkeypatch.setattr("runtime.notifications.WAIT_SECONDS", 0.5)
