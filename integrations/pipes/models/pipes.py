"""The tables of pipes and of their runs."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from runtime.clock import ClockTimestamp

LONGEST_NAME = 100


class PipeKind(StrEnum):
    """How records come in: a source pushes them, or a job of the pipe pulls them."""

    PUSH = "push"
    REST = "rest"
    SQL = "sql"
    FILES = "files"
    KAFKA = "kafka"


class PipeState(StrEnum):
    """`PAUSED` by a user, `STOPPED` by an error that only a user can correct; `error` of the pipe says which."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


class Pipe(models.Model):
    """A source of records of a store, by the name that it gives itself. `prefix` is that of its series, once it has one.

    A process that takes its records holds the lock of its row, so that its records are taken one after the other.
    `position` is where the next pull begins, as its connector understands it; it moves in the transaction that stores
    what was pulled. `config` has no secrets: those are credentials of the store (`secret_name`).
    """

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=LONGEST_NAME)
    kind = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in PipeKind], default=PipeKind.PUSH.value,
        db_default=PipeKind.PUSH.value,
    )  # fmt: skip
    # The `data_type` of what is pulled; a source that pushes names it with each batch.
    entity = models.CharField(max_length=20, blank=True, default="", db_default="")
    config = models.JSONField(default=dict, db_default={}, blank=True)
    # A cron expression of five fields in the store's zone, `@every 5m`, or empty: only when a user asks.
    schedule = models.CharField(max_length=100, blank=True, default="", db_default="")
    state = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in PipeState], default=PipeState.ACTIVE.value,
        db_default=PipeState.ACTIVE.value,
    )  # fmt: skip
    error = models.CharField(max_length=500, blank=True, default="", db_default="")
    position = models.JSONField(default=dict, db_default={}, blank=True)
    # When it was last seen to have nothing more, and when its next pull is due.
    caught_up_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    prefix = models.CharField(max_length=20, blank=True, default="", db_default="")
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    # When its turn was last: of several pipes, the one that waited longest is next.
    turn_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[Pipe] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="pipe_once"),
            models.CheckConstraint(condition=~Q(name=""), name="pipe_is_named"),
            models.CheckConstraint(condition=Q(kind__in=list(PipeKind)), name="pipe_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(PipeState)), name="pipe_state_is_known"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="active"), name="pipe_due")]

    def __str__(self) -> str:
        return self.name


class RunState(StrEnum):
    """The state of a run. A run that a kill interrupts goes on as the same run."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Run(models.Model):
    """One pull of a pipe, from its start until the source had nothing more. What became of its records: its batches.

    `began_with` and `position` are where it began and where it is. A backfill has a range and leaves the position of
    the pipe where it is.
    """

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, db_index=False, related_name="+")
    pipe = models.ForeignKey(Pipe, on_delete=models.CASCADE, db_index=False, related_name="+")
    reason = models.CharField(
        max_length=10, choices=[(each, each) for each in ("schedule", "user", "backfill")], default="user"
    )
    job_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in RunState], db_default=RunState.RUNNING.value
    )
    error = models.CharField(max_length=500, blank=True, default="", db_default="")
    since = models.DateTimeField("from", null=True, blank=True)
    until = models.DateTimeField("to", null=True, blank=True)
    began_with = models.JSONField(default=dict, db_default={}, blank=True)
    position = models.JSONField(default=dict, db_default={}, blank=True)
    received = models.PositiveBigIntegerField(db_default=0)
    started_at = models.DateTimeField(db_default=ClockTimestamp())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: models.Manager[Run] = ScopedManager(store="store_id")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=list(RunState)), name="pipe_run_state_is_known")]
        indexes = [
            models.Index(fields=["store", "-id"], name="pipe_run_newest"),
            models.Index(fields=["pipe", "-id"], name="pipe_run_newest_of_pipe"),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"


def secret_name(pipe_id: int) -> str:
    """The name of the credential of the store that has the secrets of a pipe, as a JSON object."""
    return f"pipe:{pipe_id}"
