"""The processes of the set: writers, which change facts, and consumers, whose effect is a row that nothing makes unique."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from tests.system.chaos.core.actors import repeat

if TYPE_CHECKING:
    from events.types import Event

TOPIC = "chaos"
KEYS = tuple("abcdefghijklmnop")
# How long a transaction stays open at two places, in seconds: long ones let others overtake.
PAUSES = (0.0, 0.0, 0.005, 0.05)
# Its events fail in the consumer alpha until the switch is turned.
POISONED = "a"
CONSUMERS = ("alpha", "beta")
TABLES = f"""
CREATE TABLE chaos_fact (key text PRIMARY KEY, n bigint NOT NULL);
CREATE TABLE chaos_effect (number bigint GENERATED ALWAYS AS IDENTITY, consumer text, key text, n bigint);
CREATE TABLE chaos_switch (is_broken boolean);
INSERT INTO chaos_fact SELECT key, 0 FROM unnest('{{{",".join(KEYS)}}}'::text[]) AS key;
INSERT INTO chaos_switch VALUES (true);
GRANT ALL ON ALL TABLES IN SCHEMA public TO invoicedash;
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO invoicedash;
"""


def write_until_killed() -> None:
    """Change facts, each in a transaction with its event; a quarter is rolled back."""
    from django.db import connection, transaction

    from events.log import append

    @transaction.atomic
    def work() -> None:
        key = random.choice(KEYS)
        with connection.cursor() as cursor:
            if random.random() < 0.5:
                # The transaction gets its number before it waits for the fact.
                cursor.execute("SELECT pg_current_xact_id(), pg_sleep(%s)", [random.choice(PAUSES)])
            cursor.execute("UPDATE chaos_fact SET n = n + 1 WHERE key = %s RETURNING n", [key])
            append(TOPIC, key, "changed", {"n": cursor.fetchone()[0]})
            cursor.execute("SELECT pg_sleep(%s)", [random.choice(PAUSES)])
        transaction.set_rollback(random.random() < 0.25)

    repeat(work)


def consume_until_killed(name: str) -> None:
    """A consumer, as its loop in the process `loops` is."""
    from events.consuming import consume
    from events.registry import Consumer

    consumer = Consumer(name=name, topics=(TOPIC,), handler=f"{__name__}.note_{name}")

    def work() -> None:
        if not consume(consumer):
            time.sleep(random.uniform(0.002, 0.01))

    repeat(work)


class Refused(RuntimeError):
    """The handler fails on purpose."""


def note_alpha(event: Event) -> None:
    """The effect; then the poisoned key fails, and sometimes another."""
    _note("alpha", event)
    if random.random() < 0.05 or (event.key == POISONED and _is_broken()):
        raise Refused(event.key)


def note_beta(event: Event) -> None:
    """The effect alone."""
    _note("beta", event)


def _note(consumer: str, event: Event) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO chaos_effect (consumer, key, n) VALUES (%s, %s, %s)", [consumer, event.key, event.payload["n"]]
        )


def _is_broken() -> bool:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT is_broken FROM chaos_switch")
        return bool(cursor.fetchone()[0])
