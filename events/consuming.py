"""A turn of a consumer: the next events are handled and the cursor moves in one transaction (I16).

A kill at any moment rolls back both. A handler that fails costs its own changes only: the event gets a letter.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import connection, transaction

from events import letters
from events.models import Cursor
from events.reading import Read, read_behind
from events.registry import Consumer, Handler
from events.types import Event
from runtime.clock import ClockTimestamp

logger = logging.getLogger(__name__)

BATCH = 100
LOCK_CLASS = 0x1D_0004
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))"


@transaction.atomic
def consume(consumer: Consumer) -> bool:
    """Handle what is due; returns whether there is more to do at once. Does nothing while another process does it."""
    if not _try_lock(consumer.name):
        return False
    handle = consumer.load_handler()
    is_retried = _retry(consumer, handle)
    cursor, _ = Cursor.objects.get_or_create(consumer=consumer.name)
    events = read_behind(cursor, consumer.topics, most=BATCH)
    if events:
        _handle_all(consumer, handle, events)
        last = events[-1]
        Cursor.objects.filter(pk=cursor.pk).update(xid=last.xid, event_id=last.event.id, moved_at=ClockTimestamp())
    return is_retried or len(events) == BATCH


def _try_lock(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_TRY_LOCK, [LOCK_CLASS, name])
        return bool(cursor.fetchone()[0])


def _handle_all(consumer: Consumer, handle: Handler, events: Sequence[Read]) -> None:
    """Handle the events in order. A key with a letter waits, so that its later events do not overtake."""
    held = letters.held_keys(consumer.name, (each.event for each in events))
    for event in (each.event for each in events):
        place = (event.topic, event.key)
        if place in held:
            letters.hold(consumer.name, event)
        elif error := _attempt(handle, event):
            letters.put(consumer.name, event, error)
            held.add(place)


def _retry(consumer: Consumer, handle: Handler) -> bool:
    """Try the next letter that is due again; returns whether there was one."""
    letter = letters.next_due(consumer.name)
    if letter is None:
        return False
    if error := _attempt(handle, letters.event_of(letter)):
        letters.note_failure(letter, error)
    else:
        letter.delete()
    return True


def _attempt(handle: Handler, event: Event) -> str:
    """Handle the event in a savepoint; returns the error, empty without one. Raises when the connection is lost."""
    try:
        with transaction.atomic():
            handle(event)
    except Exception as error:
        if connection.needs_rollback or not connection.is_usable():
            raise
        logger.exception("Event %s of %s could not be handled", event.id, event.topic)
        return f"{type(error).__name__}: {error}"
    return ""
