"""The tables of records: those that broke a rule, unchanged, with what has happened since; rules of users; scores.

A query without a store raises `ScopeError`: see `stores.rows`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from runtime.clock import ClockTimestamp


class HeldRecord(models.Model):
    """A record of a source that was not taken. It is never deleted while its store is there; `state` says what became of it.

    `source_id` and `source` are the id and the name of the source, `batch_id` and `line` the place of the record there,
    `digest` is the SHA-256 of `raw`. `raw` and `corrected`, which a person wrote, are encrypted. `waits_for` is
    `data_type:key` of a record that must come first; when it comes, this one `is_due` and is tried again. `received_on` is
    the day on which it came, in the store's zone.
    """

    class Severity(models.TextChoices):
        HOLD = "hold", "held"
        REJECT = "reject", "rejected"

    class State(models.TextChoices):
        OPEN = "open", "open (waits for a person or for another record)"
        ACCEPTED = "accepted", "accepted (corrected, accepted or replayed)"
        SET_ASIDE = "set_aside", "set aside (not taken)"
        REPLACED = "replaced", "replaced (a later record of its key was right)"

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, db_index=False, related_name="+")
    source_id = models.BigIntegerField()
    source = models.CharField(max_length=100)
    data_type = models.CharField(max_length=20)
    key = models.CharField(max_length=300, blank=True, default="")
    batch_id = models.BigIntegerField()
    line = models.IntegerField()
    rule = models.CharField(max_length=30)
    severity = models.CharField(max_length=6, choices=Severity, default=Severity.HOLD)
    message = models.TextField()
    raw = models.BinaryField()
    corrected = models.BinaryField(default=b"", blank=True)
    digest = models.BinaryField(max_length=32)
    amount = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    waits_for = models.CharField(max_length=230, blank=True, default="", db_default="")
    is_due = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    received_on = models.DateField()
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=150, blank=True, default="")

    objects: models.Manager[HeldRecord] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_id", "data_type", "digest"], name="held_record_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "set_aside", "replaced"]), name="held_record_state_is_known"
            ),
            models.CheckConstraint(condition=Q(severity__in=["hold", "reject"]), name="held_record_severity_is_known"),
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="held_record_newest"),
            models.Index(
                fields=["source_id", "data_type", "key"], condition=Q(state="open"), name="held_record_by_key"
            ),
            models.Index(
                fields=["store", "waits_for"], condition=Q(state="open") & ~Q(waits_for=""), name="held_record_waits"
            ),
            models.Index(fields=["id"], condition=Q(is_due=True), name="held_record_due"),
            models.Index(fields=["store", "received_on"], name="held_record_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.data_type} {self.key}"


class RecordRule(models.Model):
    """A rule of a user for the records of a `data_type`, of one source or of all. `version` counts its changes."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, db_index=False, related_name="+")
    data_type = models.CharField(max_length=20)
    source = models.CharField(max_length=100, blank=True, default="", db_default="")
    kind = models.CharField(max_length=20)
    field = models.CharField(max_length=40, blank=True, default="", db_default="")
    params = models.JSONField(default=dict)
    severity = models.CharField(max_length=6)
    effective_from = models.DateTimeField(db_default=ClockTimestamp())
    version = models.PositiveIntegerField(default=1, db_default=1)
    created_by = models.CharField(max_length=150, blank=True, default="")

    objects: models.Manager[RecordRule] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(severity__in=["reject", "hold", "warn"]), name="record_rule_severity_is_known"
            ),
        ]
        indexes = [models.Index(fields=["store", "data_type", "id"], name="record_rule_of_type")]

    def __str__(self) -> str:
        return f"rule-{self.pk}"


class SourceDay(models.Model):
    """The counts of the records that a source sent on a day: what became of each at first, and which parts were wrong."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, db_index=False, related_name="+")
    source_id = models.BigIntegerField()
    source = models.CharField(max_length=100)
    data_type = models.CharField(max_length=20)
    day = models.DateField()
    received = models.BigIntegerField(db_default=0)
    accepted = models.BigIntegerField(db_default=0)
    duplicates = models.BigIntegerField(db_default=0)
    held = models.BigIntegerField(db_default=0)
    rejected = models.BigIntegerField(db_default=0)
    not_valid = models.BigIntegerField(db_default=0)
    not_complete = models.BigIntegerField(db_default=0)
    not_unique = models.BigIntegerField(db_default=0)
    not_fresh = models.BigIntegerField(db_default=0)
    not_consistent = models.BigIntegerField(db_default=0)

    objects: models.Manager[SourceDay] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_id", "data_type", "day"], name="source_day_once"),
        ]
        indexes = [models.Index(fields=["store", "day"], name="source_day_of_store")]

    def __str__(self) -> str:
        return f"{self.source} {self.day}"


class Drift(models.Model):
    """A field that records of a source have, and their entity does not. The values are in the records as they came."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, db_index=False, related_name="+")
    source_id = models.BigIntegerField()
    source = models.CharField(max_length=100)
    data_type = models.CharField(max_length=20)
    field = models.CharField(max_length=100)
    records = models.BigIntegerField()
    first_at = models.DateTimeField(db_default=ClockTimestamp())
    last_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[Drift] = ScopedManager(store="store_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_id", "data_type", "field"], name="drift_once")]
        indexes = [models.Index(fields=["store", "id"], name="drift_of_store")]

    def __str__(self) -> str:
        return self.field
