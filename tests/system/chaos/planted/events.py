"""Bugs in the event log, for the set `events` to find."""

from __future__ import annotations

from typing import Any

from tests.system.chaos.planted.registry import bug, swap

NAMES = (
    "event-cursor-by-id", "event-cursor-first", "event-effect-first", "event-key-overtaken", "event-number-only",
)  # fmt: skip


@bug("event-cursor-by-id")
def _event_cursor_by_id() -> None:
    """A consumer reads what has a higher id than the last one that it has seen."""
    from events import reading

    naive = """
    SELECT xid, id, topic, key, type, payload::text, created_at FROM events_event
    WHERE topic = ANY(%(topics)s) AND id > %(event_id)s AND (%(xid)s IS NOT NULL) ORDER BY id LIMIT %(most)s
    """
    swap(reading, "_READ", naive)


@bug("event-cursor-first")
def _event_cursor_first() -> None:
    """The cursor is committed before the effects of its batch."""
    from events import consuming

    _commit_between(consuming, first="cursor")


@bug("event-effect-first")
def _event_effect_first() -> None:
    """The effects are committed before the cursor, and no handler looks whether it has seen an event."""
    from events import consuming

    _commit_between(consuming, first="effect")


@bug("event-key-overtaken")
def _event_key_overtaken() -> None:
    """Later events of a key do not wait for one that failed."""
    from events import letters

    swap(letters, "held_keys", lambda consumer, events: set())


@bug("event-number-only")
def _event_number_only() -> None:
    """An event has the number of its own transaction, whatever its key's last one has."""
    from events import log

    swap(log, "_APPEND", log._APPEND.replace("SELECT xid FROM", "SELECT 0::bigint FROM"))


def _commit_between(consuming: Any, *, first: str) -> None:
    """Deal with a batch in two transactions, with a moment in between that a kill finds."""
    import time

    from django.db import transaction

    def consume(consumer: Any) -> bool:
        with transaction.atomic():
            if not consuming._try_lock(consumer.name):
                return False
            cursor, _ = consuming.Cursor.objects.get_or_create(consumer=consumer.name)
        events = consuming.read_behind(cursor, consumer.topics, most=consuming.BATCH)
        if not events:
            with transaction.atomic():
                return bool(consuming._retry(consumer, consumer.load_handler()))
        for step in ("cursor", "effect") if first == "cursor" else ("effect", "cursor"):
            with transaction.atomic():
                if step == "cursor":
                    _move(consuming, cursor, events[-1])
                else:
                    _handle(consuming, consumer, events)
            time.sleep(0.004)
        return True

    swap(consuming, "consume", consume)


def _move(consuming: Any, cursor: Any, last: Any) -> None:
    consuming.Cursor.objects.filter(pk=cursor.pk).update(xid=last.xid, event_id=last.event.id)


def _handle(consuming: Any, consumer: Any, events: Any) -> None:
    consuming._handle_all(consumer, consumer.load_handler(), events)
