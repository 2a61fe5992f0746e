"""Events that a consumer could not handle: retried with back-off, dead after six failures, in order per key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, OuterRef

from events.models import Letter
from events.types import Event
from runtime.clock import ClockTimestamp

# Seconds until the next attempt, after each failure but the last.
BACKOFF_SECONDS = (1, 5, 15, 60, 300)
MOST_FAILURES = len(BACKOFF_SECONDS) + 1
MOST_ERROR_CHARACTERS = 500


class NotDead(RuntimeError):
    """The event was handled meanwhile, or is retried by itself."""


def held_keys(consumer: str, events: Iterable[Event]) -> set[tuple[str, str]]:
    """The topics and keys among those of `events` that have a letter."""
    keys = {event.key for event in events}
    return set(Letter.objects.filter(consumer=consumer, key__in=keys).values_list("topic", "key"))


def put(consumer: str, event: Event, error: str) -> None:
    """Note the first failure of an event."""
    note_failure(Letter(consumer=consumer, event_id=event.id, topic=event.topic, key=event.key), error)


def hold(consumer: str, event: Event) -> None:
    """Have an event wait behind the letters of its key."""
    Letter.objects.create(consumer=consumer, event_id=event.id, topic=event.topic, key=event.key)


def note_failure(letter: Letter, error: str) -> None:
    """Count a failure: the letter is due again later, or dead."""
    letter.failures += 1
    letter.error = error.replace("\0", "")[:MOST_ERROR_CHARACTERS]
    letter.is_dead = letter.failures >= MOST_FAILURES
    if not letter.is_dead:
        letter.next_at = ClockTimestamp() + timedelta(seconds=BACKOFF_SECONDS[letter.failures - 1])
    letter.save()


def next_due(consumer: str) -> Letter | None:
    """The oldest letter that is due and has no other of its key before it."""
    before = Letter.objects.filter(
        consumer=consumer, topic=OuterRef("topic"), key=OuterRef("key"), id__lt=OuterRef("id")
    )
    due = Letter.objects.filter(consumer=consumer, is_dead=False, next_at__lte=ClockTimestamp())
    return due.exclude(Exists(before)).select_related("event").order_by("id").first()


def event_of(letter: Letter) -> Event:
    """The event of a letter."""
    row = letter.event
    return Event(id=row.pk, topic=row.topic, key=row.key, type=row.type, payload=row.payload, created_at=row.created_at)


def retry(letter_id: int) -> None:
    """Have a dead letter tried again, as if it had never failed; raises `NotDead`."""
    changed = Letter.objects.filter(pk=letter_id, is_dead=True).update(
        is_dead=False, failures=0, next_at=ClockTimestamp()
    )
    if not changed:
        raise NotDead(f"Letter {letter_id} is not dead; it was handled, or is retried by itself.")
