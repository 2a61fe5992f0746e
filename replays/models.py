"""Replays: past windows of stored invoices, shown again on feeds of their own. Replays only read the invoices."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from replays import timeline
from runtime.clock import ClockTimestamp
from streaming.models import Feed

KIND = "replay"
LEAST_SPEED, LARGEST_SPEED = 1, 600


class Replay(models.Model):
    """A window of the invoices of feed `source`, shown at `speed` times their original speed. docs/states.md has the
    states.

    All invoices of the window up to (`reached_at`, `reached_id`), in the order of date and id, have been announced.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        STOPPED = "stopped"
        COMPLETED = "completed"

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Feed, on_delete=models.PROTECT)
    begins_at = models.DateTimeField("from")
    ends_at = models.DateTimeField("to")
    speed = models.DecimalField(max_digits=21, decimal_places=18)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(db_default=ClockTimestamp())
    ended_at = models.DateTimeField(null=True, blank=True)
    reached_at = models.DateTimeField()
    reached_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="replay_window_is_one"),
            models.CheckConstraint(
                condition=Q(speed__gte=LEAST_SPEED, speed__lte=LARGEST_SPEED), name="replay_speed_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(reached_at__gte=F("begins_at"), reached_at__lt=F("ends_at")), name="replay_is_in_its_window"
            ),
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True)
                | Q(state__in=["stopped", "completed"], ended_at__isnull=False),
                name="replay_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return self.feed_name

    @property
    def feed_name(self) -> str:
        """The name of the replay's own feed. Ids are never used again, so names are not either."""
        return f"{KIND}-{self.pk}"

    def clock(self, now: datetime) -> datetime:
        """The time within the window at `now`; for an ended replay, where it stopped."""
        elapsed = (self.ended_at or now) - self.started_at
        return timeline.clock_at(begins_at=self.begins_at, ends_at=self.ends_at, speed=self.speed, elapsed=elapsed)


class ReplayTotals(models.Model):
    """What a replay has announced so far in one currency; credit notes are subtracted."""

    id = models.BigAutoField(primary_key=True)
    replay = models.ForeignKey(Replay, on_delete=models.CASCADE)
    currency = models.CharField(max_length=3)
    invoice_count = models.BigIntegerField(default=0)
    subtotal_amount = models.DecimalField(max_digits=24, decimal_places=2, default=Decimal(0))
    vat_amount = models.DecimalField(max_digits=24, decimal_places=2, default=Decimal(0))
    total_amount = models.DecimalField(max_digits=24, decimal_places=2, default=Decimal(0))
    changed_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        verbose_name_plural = "replay totals"
        constraints = [models.UniqueConstraint(fields=["replay", "currency"], name="replay_totals_once")]

    def __str__(self) -> str:
        return f"{self.replay_id} {self.currency}"
