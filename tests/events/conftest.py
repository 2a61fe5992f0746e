"""A consumer of the topic `test`, and the effects of its handler."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from events import registry
from events.consuming import consume
from events.lag import read_lag
from events.log import append
from events.registry import Consumer
from tests.clean import empty_redis
from tests.events import handlers
from tests.waiting import wait_for

TOPIC = "test"
_COLUMNS = "number bigint GENERATED ALWAYS AS IDENTITY, event_id bigint, key text"


@pytest.fixture(autouse=True)
def clean_redis() -> None:
    empty_redis()


@pytest.fixture
def consumer(transactional_db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Consumer]:
    """The only registered consumer; its handler writes the table that `effects` reads."""
    made = Consumer(name="tests", topics=(TOPIC,), handler="tests.events.handlers.note")
    monkeypatch.setattr(registry, "_consumers", {})
    registry.register(made)
    handlers.FAILING.clear()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE tests_effect ({_COLUMNS})")
    yield made
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE tests_effect")


def put(key: str, topic: str = TOPIC, **payload: Any) -> int:
    """An event in a transaction of its own."""
    with transaction.atomic():
        return append(topic, key, "changed", payload)


def effects() -> list[int]:
    """The events that were handled, in that order, each as often as it was."""
    return [event for event, _ in _effects()]


def keys() -> list[str]:
    """The keys of the same."""
    return [key for _, key in _effects()]


def _effects() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id, key FROM tests_effect ORDER BY number")
        return list(cursor.fetchall())


def drain(consumer: Consumer, turn: Callable[[Consumer], bool] = consume) -> None:
    """Consume until all is read. Transactions of other tests on this server may hold events back for a while."""

    def is_drained() -> bool:
        while turn(consumer):
            pass
        return all(lag.waiting == 0 for lag in read_lag())

    wait_for(is_drained, "the consumer to read all events")
