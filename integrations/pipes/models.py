"""The tables of pipes: sources, the batches that they sent as they came, and what their transactions led to.

A query without a store raises `ScopeError`: see `stores.rows`.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django_scopes import ScopedManager

from integrations.pipes.entities.sales import COMPLETED, FAILED, PENDING, REFUNDED
from runtime.clock import ClockTimestamp

LONGEST_NAME = 100
LONGEST_KEY = 200


class State(StrEnum):
    """The state of a batch. One is `failed` that cannot be opened; its lines stay."""

    PENDING = "pending"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


OPEN = (State.PENDING, State.PROCESSING)


class Pipe(models.Model):
    """A source of records of a store, by the name that it gives itself. `prefix` is that of its series, once it has one.

    A process that takes its records holds the lock of its row, so that its records are taken one after the other.
    """

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=LONGEST_NAME)
    kind = models.CharField(max_length=10, default="push", db_default="push")
    prefix = models.CharField(max_length=20, blank=True, default="", db_default="")
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    # When its turn was last: of several pipes, the one that waited longest is next.
    turn_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[Pipe] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="pipe_once"),
            models.CheckConstraint(condition=~Q(name=""), name="pipe_is_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """Records of one `data_type` as they came: `lines` is one line of JSON for each, compressed and encrypted.

    `position` of the `received` records are taken; it moves in the transaction that takes them. `key` is the sender's
    name of the request, `fingerprint` the SHA-256 of its body. The counts by rule say what was not taken, and why.
    """

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, db_index=False, related_name="+")
    pipe = models.ForeignKey(Pipe, on_delete=models.PROTECT, db_index=False, related_name="+")
    data_type = models.CharField(max_length=20)
    key = models.CharField(max_length=LONGEST_KEY, blank=True, default="", db_default="")
    fingerprint = models.BinaryField(max_length=32)
    lines = models.BinaryField()
    size = models.PositiveIntegerField("bytes")
    received = models.PositiveIntegerField()
    position = models.PositiveIntegerField(db_default=0)
    accepted = models.PositiveIntegerField(db_default=0)
    duplicates = models.PositiveIntegerField(db_default=0)
    held = models.JSONField(default=dict, db_default={})
    rejected = models.JSONField(default=dict, db_default={})
    warned = models.JSONField(default=dict, db_default={})
    state = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in State], db_default=State.PENDING.value
    )
    error = models.CharField(max_length=300, blank=True, default="", db_default="")
    seconds = models.FloatField(db_default=0)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: models.Manager[Batch] = ScopedManager(store="store_id")

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(fields=["pipe", "key"], condition=~Q(key=""), name="batch_once"),
            models.CheckConstraint(condition=Q(position__lte=F("received")), name="batch_position_is_within"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="batch_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["pipe", "id"], condition=Q(state__in=list(OPEN)), name="batch_open"),
            models.Index(fields=["store"], include=["received", "position"], condition=Q(state__in=list(OPEN)),
                         name="batch_backlog"),
            models.Index(fields=["store", "-id"], name="batch_newest"),
            models.Index(fields=["pipe", "-id"], name="batch_newest_of_pipe"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.data_type} {self.pk}"


class Stream(models.Model):
    """How many records of one `data_type` a source has sent as a stream. The next chunk begins at `position`."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, db_index=False, related_name="+")
    pipe = models.ForeignKey(Pipe, on_delete=models.CASCADE, db_index=False, related_name="+")
    data_type = models.CharField(max_length=20)
    position = models.BigIntegerField(db_default=0)

    objects: models.Manager[Stream] = ScopedManager(store="store_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pipe", "data_type"], name="stream_once")]

    def __str__(self) -> str:
        return f"{self.data_type} {self.position}"


class Transaction(models.Model):
    """The newest state of a transaction of a source, with the documents that it led to and the record that it is from.

    `digest` is that of what the documents say. `batch_id` and `line` name the record: the line counts from 0.
    """

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, db_index=False, related_name="+")
    pipe = models.ForeignKey(Pipe, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.CharField(max_length=100)
    status = models.CharField(max_length=9)
    digest = models.BinaryField(max_length=32)
    number = models.CharField(max_length=50, blank=True, default="", db_default="")
    credit_number = models.CharField(max_length=50, blank=True, default="", db_default="")
    batch_id = models.BigIntegerField()
    line = models.IntegerField()
    changed_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[Transaction] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipe", "key"], name="transaction_once"),
            models.CheckConstraint(
                condition=Q(status__in=[COMPLETED, REFUNDED, PENDING, FAILED]), name="transaction_status_is_known"
            ),
        ]
        indexes = [models.Index(fields=["store", "id"], name="transaction_of_store")]

    def __str__(self) -> str:
        return self.key
