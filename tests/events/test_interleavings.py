"""Whatever open transactions, rollbacks, failures and turns follow each other, each event has its effect once, in order.

The interleavings are exact: writers are sessions of their own, and one step is done at a time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from events import consuming, letters, log
from events.consuming import consume
from events.models import Letter
from events.reading import HORIZON
from events.registry import Consumer
from tests.events.conftest import TOPIC
from tests.events.handlers import FAILING
from tests.invoices.children import database_url
from tests.waiting import wait_for

WRITERS, KEYS = 2, "ab"
STEPS = st.one_of(
    st.tuples(st.just("append"), st.integers(0, WRITERS - 1), st.sampled_from(KEYS)),
    st.tuples(st.sampled_from(["number", "commit", "rollback"]), st.integers(0, WRITERS - 1), st.none()),
    st.tuples(st.sampled_from(["fail", "heal"]), st.none(), st.sampled_from(KEYS)),
    st.tuples(st.sampled_from(["consume", "consume", "retry"]), st.none(), st.none()),
)
# The transaction with the smaller number appends to the key last.
OVERTAKEN = [("number", 0, None), ("append", 1, "a"), ("commit", 1, None), ("append", 0, "a"), ("commit", 0, None)]
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Writer:
    """A session, and the keys that its transaction has changed: no other writer may change them until it ends."""

    session: psycopg.Connection[Any]
    appended: list[tuple[str, int]] = field(default_factory=list)

    @property
    def keys(self) -> set[str]:
        return {key for key, _ in self.appended}


class World:
    """The writers, and what was committed for each key, in order."""

    def __init__(self, consumer: Consumer) -> None:
        self.consumer = consumer
        self.writers = [Writer(psycopg.connect(database_url())) for _ in range(WRITERS)]
        self.committed: defaultdict[str, list[int]] = defaultdict(list)

    def step(self, verb: str, number: int | None, key: str | None) -> None:
        writer = self.writers[number or 0]
        match verb:
            case "append" if not any(key in other.keys for other in self.writers if other is not writer):
                given = {"topic": TOPIC, "key": key, "type": "changed", "payload": "{}"}
                row: Any = writer.session.execute(log._APPEND, given).fetchone()
                writer.appended.append((key or "", row[0]))
            case "number":
                writer.session.execute("SELECT pg_current_xact_id()")
            case "commit" | "rollback":
                self.end(writer, is_committed=verb == "commit")
            case "fail" | "heal":
                (FAILING.add if verb == "fail" else FAILING.discard)(key or "")
            case "consume":
                consume(self.consumer)
            case "retry":
                Letter.objects.update(is_dead=False, failures=0, next_at="2000-01-01T00:00:00Z")

    def end(self, writer: Writer, *, is_committed: bool) -> None:
        if is_committed:
            writer.session.commit()
            for key, event in writer.appended:
                self.committed[key].append(event)
        else:
            writer.session.rollback()
        writer.appended.clear()

    def finish(self) -> None:
        """End all transactions, heal, and handle what is left."""
        for writer in self.writers:
            self.end(writer, is_committed=True)
            writer.session.close()
        FAILING.clear()
        # Another test on this server may have a transaction open for a while.
        wait_for(is_all_readable, "older transactions to end")
        for _ in range(2):
            self.step("retry", None, None)
            while consume(self.consumer):
                pass

    def effects(self) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute("SELECT key, event_id FROM tests_effect ORDER BY number")
            for key, event in cursor.fetchall():
                found[key].append(event)
        return found


def is_all_readable() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(xid), 0) < {HORIZON} FROM events_event")
        return bool(cursor.fetchone()[0])


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consuming, "BATCH", 2)
    monkeypatch.setattr(letters, "MOST_FAILURES", 2)


@given(steps=st.lists(STEPS, max_size=40))
@example(steps=OVERTAKEN)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_each_committed_event_has_its_effect_once_and_in_order(
    consumer: Consumer, small_batches: None, steps: list[tuple[str, int | None, str | None]]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE events_letter, events_event, events_cursor, tests_effect")
    world = World(consumer)
    try:
        for step in steps:
            world.step(*step)
    finally:
        world.finish()
    assert world.effects() == world.committed
