"""The tables of readings: how far the orders of a shop were read, and what each reading found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from runtime.clock import ClockTimestamp


class SyncState(models.Model):
    """How far a shop was read, and when the next reading is due. `cursor` is by the clock of the shop."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        ERROR = "error"
        REVOKED = "revoked"

    store = models.OneToOneField("stores.Store", on_delete=models.CASCADE, primary_key=True, related_name="+")
    status = models.CharField(max_length=7, choices=Status, default=Status.ACTIVE)
    error = models.CharField(max_length=500, blank=True, default="")
    checked_at = models.DateTimeField(null=True, blank=True)
    # The webhooks of the shop: [{"topic", "state"}].
    subscriptions = models.JSONField(default=list, blank=True)
    cursor = models.DateTimeField()
    last_missed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    next_poll_at = models.DateTimeField(db_default=ClockTimestamp())
    next_check_at = models.DateTimeField(db_default=ClockTimestamp())
    next_ids_at = models.DateTimeField(db_default=ClockTimestamp())
    next_stock_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[SyncState] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["active", "error", "revoked"]), name="sync_status")
        ]

    def __str__(self) -> str:
        return f"{self.store_id}: {self.status}"


class SyncRun(models.Model):
    """One reading of a shop. `added` orders were new or newer, `healed` ones should have come by webhook before.

    `error` is empty for a reading that was done; `notice` is what a user should know of it all the same.
    """

    class Kind(models.TextChoices):
        POLL = "poll"
        HISTORY = "history"
        IDS = "ids"
        WEBHOOKS = "webhooks"
        STOCK = "stock"

    class State(models.TextChoices):
        DONE = "done"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=6, choices=State)
    error = models.CharField(max_length=500, blank=True, default="")
    notice = models.CharField(max_length=500, blank=True, default="", db_default="")
    seen = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    healed = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[SyncRun] = ScopedManager(store="store_id")

    class Meta:
        indexes = [models.Index(fields=["store", "-id"], name="sync_run_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
