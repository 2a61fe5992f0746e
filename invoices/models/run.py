"""Runs: one generation of invoices each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from invoices.models.series import Series
from invoices.triggers import RUN_TRIGGERS
from runtime.clock import ClockTimestamp


class Run(models.Model):
    """A generation of invoices at `rate_per_second` for `duration_seconds`. The state machine is in docs/states.md."""

    class State(models.TextChoices):
        RUNNING = "running"
        STOPPING = "stopping"
        STOPPED = "stopped"
        COMPLETED = "completed"

    ACTIVE: ClassVar = [State.RUNNING, State.STOPPING]

    id = models.BigAutoField(primary_key=True)
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    rate_per_second = models.DecimalField(max_digits=24, decimal_places=18)
    duration_seconds = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    target_count = models.PositiveIntegerField()
    final_count = models.PositiveIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(db_default=ClockTimestamp())
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = RUN_TRIGGERS
        permissions = [("control_generation", "Can start, stop and reset the generation")]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(state__in=["running", "stopping"]), name="one_active_run"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "stopping", "stopped", "completed"]), name="run_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "stopping"]) | Q(final_count__isnull=False, stopped_at__isnull=False),
                name="ended_run_has_a_count",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def ends_at(self) -> datetime:
        """When its last invoice is due."""
        return self.started_at + timedelta(seconds=self.duration_seconds)
