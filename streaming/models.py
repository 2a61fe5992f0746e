"""The paced feed in PostgreSQL: what was announced, how far it was shown, what was skipped.

Positions number the announced rows of a feed in commit order; sequence numbers number the shown rows. Both start at one
and have no gap: announced = shown + skipped + queued holds by construction, and the audit checks it.
"""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models.functions import Now

from runtime.clock import ClockTimestamp


def new_epoch() -> str:
    return secrets.token_urlsafe(9)


class Installation(models.Model):
    """The single row of this database. `epoch` identifies it: sequence numbers of another database are not valid here."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.CharField(max_length=32, default=new_epoch)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one_row")]


class Mode(models.TextChoices):
    EVERY = "every"
    LATEST = "latest"


class Feed(models.Model):
    """A feed, which a screen follows, and its head: the number of positions given. The issuing transaction locks it.

    A closed feed is excluded from every answer; its rows are deleted in the background.
    """

    name = models.CharField(primary_key=True, max_length=40)
    position = models.BigIntegerField("announced", default=0)
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Cursor(models.Model):
    """The progress of a feed and the due time of its next row. The pacer locks it; issuing never does."""

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
    """One shown row: its sequence number, its position and the time (under the cursor's lock)."""

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
    """Positions that were deliberately skipped: `why` says by whom, `seq` where in the sequence."""

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
    """A process was alive at `beat_at`; with the resources it has used since its start."""

    name = models.CharField(primary_key=True, max_length=40)
    pid = models.IntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    query_count = models.BigIntegerField(default=0)
    query_seconds = models.FloatField(default=0)
    memory_bytes = models.BigIntegerField(default=0)
    counters = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
