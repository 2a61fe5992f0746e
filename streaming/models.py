"""The paced feed in PostgreSQL: what was announced, how far it was shown, what was skipped.

Positions number what was announced on a feed, in commit order; sequence numbers number what was shown. Both begin at
one and have no hole: announced = shown + skipped + queued holds by construction and is checked by the audit.
"""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models.functions import Now

from runtime.clock import ClockTimestamp


def new_epoch() -> str:
    return secrets.token_urlsafe(9)


class Installation(models.Model):
    """One row. `epoch` names this database: sequence numbers of another one mean nothing here."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.CharField(max_length=32, default=new_epoch)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one_row")]


class Mode(models.TextChoices):
    EVERY = "every"
    LATEST = "latest"


class Feed(models.Model):
    """What a screen follows, and its head: how many positions were handed out. The issuing transaction locks it.

    A closed one is out of every answer; its rows are deleted in the background.
    """

    name = models.CharField(primary_key=True, max_length=40)
    position = models.BigIntegerField("announced", default=0)
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Cursor(models.Model):
    """How far a feed was shown and when the next row is due. The pacer locks it; issuing never does."""

    feed = models.OneToOneField(Feed, primary_key=True, on_delete=models.PROTECT)
    position = models.BigIntegerField("shown or skipped through", default=0)
    last_seq = models.BigIntegerField("shown", default=0)
    skipped_count = models.BigIntegerField("skipped", default=0)
    cleared_seq = models.BigIntegerField("cleared at", null=True, blank=True)
    due_at = models.DateTimeField(db_default=Now())
    shown_at = models.DateTimeField(null=True, blank=True)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.EVERY)
    rate_per_second = models.DecimalField(max_digits=24, decimal_places=18, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(position=models.F("last_seq") + models.F("skipped_count")),
                name="cursor_position_is_shown_plus_skipped",
            )
        ]

    def __str__(self) -> str:
        return self.feed_id


class Entry(models.Model):
    """One announcement: `count` positions from `first_position`, for `count` ordinals of the rows' origin (a series)."""

    id = models.BigAutoField(primary_key=True)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, db_index=False)
    first_position = models.BigIntegerField()
    count = models.BigIntegerField()
    origin_id = models.BigIntegerField()
    first_ordinal = models.BigIntegerField()
    announced_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "first_position"], name="entry_position_once"),
            models.CheckConstraint(condition=models.Q(count__gt=0), name="entry_announces_something"),
        ]
        indexes = [models.Index(fields=["feed", "announced_at"], name="entry_by_time")]


class Shown(models.Model):
    """One shown row: its sequence number, the position it showed and the moment (the cursor's lock held)."""

    id = models.BigAutoField(primary_key=True)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, db_index=False)
    seq = models.BigIntegerField()
    position = models.BigIntegerField()
    shown_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "seq"], name="shown_seq_once"),
            models.UniqueConstraint(fields=["feed", "position"], name="shown_position_once"),
        ]
        indexes = [models.Index(fields=["feed", "shown_at"], name="shown_by_time")]


class Skip(models.Model):
    """Positions passed over on purpose: by whom is in `why`, where in the sequence in `seq`."""

    class Why(models.TextChoices):
        RESET = "reset"
        SKIP = "skip"
        LATEST = "latest"
        REMOVED = "removed"

    id = models.BigAutoField(primary_key=True)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, db_index=False)
    first_position = models.BigIntegerField()
    last_position = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.DateTimeField(db_default=ClockTimestamp())
    why = models.CharField(max_length=10, choices=Why)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "first_position"], name="skip_position_once"),
            models.CheckConstraint(
                condition=models.Q(last_position__gte=models.F("first_position")), name="skip_is_a_range"
            ),
        ]
        indexes = [models.Index(fields=["feed", "at"], name="skip_by_time")]


class Heartbeat(models.Model):
    """A process was alive at `beat_at`; with what it has cost since it started."""

    name = models.CharField(primary_key=True, max_length=40)
    pid = models.IntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    query_count = models.BigIntegerField(default=0)
    query_seconds = models.FloatField(default=0)
    memory_bytes = models.BigIntegerField(default=0)
    counters = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
