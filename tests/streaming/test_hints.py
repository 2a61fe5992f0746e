"""Announcements hard on each other's heels are told together: the first at once, the last not lost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from runtime.environment import BASE_DIR
from streaming import hints, names
from streaming.layers import hint_layer

pytestmark = pytest.mark.django_db(transaction=True)
GROUP = f"invoicedash__group__{names.GROUP}"


@pytest.fixture
def listener(redis_client: Any) -> Iterator[Any]:
    listener = redis_client.pubsub()
    listener.subscribe(GROUP)
    assert listener.get_message(timeout=5)["type"] == "subscribe"
    yield listener
    listener.close()


def hear(listener: Any, *, quiet_seconds: float) -> list[str]:
    """The feeds that hints of totals name, until nothing comes any more."""
    heard = []
    while message := listener.get_message(timeout=quiet_seconds):
        hint = hint_layer().deserialize(message["data"])
        assert hint["type"] == "feed.totals"
        heard.append(hint["feed"])
    return heard


def test_one_is_told_at_once(listener: Any) -> None:
    time.sleep(hints.QUIET_SECONDS)
    hints.announced("demo")
    assert not hints._announcements._waiting
    assert hear(listener, quiet_seconds=0.2) == ["demo"]


def test_many_are_told_by_few_and_the_last_is_among_them(listener: Any) -> None:
    time.sleep(hints.QUIET_SECONDS)
    hints.announced("demo")
    hear(listener, quiet_seconds=0.2)
    for _ in range(200):
        hints.announced("demo")
    heard = hear(listener, quiet_seconds=0.5)
    assert 1 <= len(heard) < 100
    hints.announced("demo")
    hints.announced("demo")
    # The second has to wait, and is told although nothing comes after it.
    assert hear(listener, quiet_seconds=0.5) == ["demo", "demo"]


def test_each_feed_is_told_for_itself(listener: Any) -> None:
    time.sleep(hints.QUIET_SECONDS)
    for feed in ("demo", "live"):
        hints.announced(feed)
    assert hear(listener, quiet_seconds=0.2) == ["demo", "live"]


def test_what_waits_is_told_when_the_process_ends(listener: Any) -> None:
    code = "import django; django.setup(); from streaming import hints; [hints.announced('demo') for _ in range(2)]"
    subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, check=True)
    assert hear(listener, quiet_seconds=0.2) == ["demo", "demo"]


def test_notification_that_cannot_be_sent_costs_itself_alone(listener: Any) -> None:
    gathered = hints.Gathered()
    broken: Any = frozenset()
    with pytest.raises(TypeError):
        gathered.tell(broken)
    # By the thread, since it comes soon after the first.
    gathered.tell(broken)
    for _ in range(2):
        gathered.tell("demo")
    assert hear(listener, quiet_seconds=0.5) == ["demo", "demo"]
