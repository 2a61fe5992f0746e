"""Background jobs: each is a row before it is a message, so that a lost broker loses no job."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from runtime.clock import ClockTimestamp


class Job(models.Model):
    """One job of a registered kind. `jobs.claims` makes the changes between its states; docs/states.md lists them.

    `attempt` counts the claims and excludes earlier claimants; `stalled_count` counts the claims since the last
    progress. `queued_at` is the job's place in its `queue`. `report` is committed with the work it counts, so it
    is also correct for a job that was cancelled or killed. `result` is the path of the result file below the data
    directory.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Queue(models.TextChoices):
        QUICK = "quick", "quick (a user waits)"
        LONG = "long", "long (minutes)"

    OPEN: ClassVar = [State.QUEUED, State.RUNNING]

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    queue = models.CharField(max_length=5, choices=Queue, default=Queue.LONG)
    arguments = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    done_count = models.BigIntegerField("done", default=0)
    total_count = models.BigIntegerField("of", null=True, blank=True)
    report = models.JSONField(null=True, blank=True)
    error = models.TextField(default="", blank=True)
    result = models.CharField(max_length=255, default="", blank=True)
    # The store that it works for; None for jobs of the installation. The app `stores` is above, so this is not a foreign key.
    store_id = models.BigIntegerField(null=True, blank=True, editable=False)
    created_by = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    queued_at = models.DateTimeField(db_default=ClockTimestamp())
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    stalled_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]), name="job_state_is_known"
            ),
            models.CheckConstraint(condition=Q(queue__in=["quick", "long"]), name="job_queue_is_known"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_at__isnull=False, heartbeat_at__isnull=False),
                name="running_job_has_begun",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], ended_at__isnull=True)
                | Q(state__in=["done", "failed", "cancelled"], ended_at__isnull=False),
                name="ended_job_has_an_end",
            ),
            models.CheckConstraint(condition=Q(state="failed") | Q(error=""), name="only_failed_job_has_an_error"),
        ]
        indexes = [
            models.Index(
                fields=["queue", "queued_at", "id"], condition=Q(state__in=["queued", "running"]), name="job_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether the job waits or is in progress."""
        return self.state in self.OPEN
