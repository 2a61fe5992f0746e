"""The event log, how far each consumer has read it, and the events that a consumer could not handle yet."""

from __future__ import annotations

from django.db import models

from runtime.clock import ClockTimestamp


class EventRow(models.Model):
    """One event. Consumers read by (`xid`, `id`); docs/events.md says why `id` alone would lose events.

    `xid` is the number of the transaction that appended the event, or that of the key's previous event if it is higher.
    """

    id = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField()
    topic = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    type = models.CharField(max_length=40)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        verbose_name = "event"
        db_table = "events_event"
        indexes = [
            models.Index(fields=["topic", "xid", "id"], name="event_position"),
            models.Index(fields=["topic", "key", "id"], name="event_of_key"),
            models.Index(fields=["created_at"], name="event_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.type} {self.key}"


class Cursor(models.Model):
    """The position of the last event that a consumer has dealt with."""

    consumer = models.CharField(primary_key=True, max_length=40)
    xid = models.BigIntegerField(default=-(2**62))
    event_id = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(db_default=ClockTimestamp())

    def __str__(self) -> str:
        return self.consumer


class Letter(models.Model):
    """An event that a consumer has not handled yet although its cursor has passed it.

    The handler failed, or an earlier event of the same key has a letter: so the order per key stays. A letter is dead
    after the last failure, until a person retries it. It is deleted when the event is handled.
    """

    id = models.BigAutoField(primary_key=True)
    consumer = models.CharField(max_length=40)
    event = models.ForeignKey(EventRow, on_delete=models.PROTECT)
    topic = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    failures = models.PositiveSmallIntegerField(default=0)
    is_dead = models.BooleanField("dead", default=False)
    next_at = models.DateTimeField(db_default=ClockTimestamp())
    error = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        verbose_name = "event not handled"
        verbose_name_plural = "events not handled"
        constraints = [models.UniqueConstraint(fields=["consumer", "event"], name="letter_once")]
        indexes = [models.Index(fields=["consumer", "topic", "key", "id"], name="letter_of_key")]

    def __str__(self) -> str:
        return f"{self.consumer}: event {self.event_id}"
