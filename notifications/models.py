"""The outbox: one row for each recipient of a message."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from runtime.clock import ClockTimestamp


class Notification(models.Model):
    """A message to one recipient. `notifications.claims` makes the changes between its states.

    `next_at` is when it is due; while it is `sending`, until when its sender has it. `attempts` counts the claims and
    excludes earlier senders. `content` is the message as it is sent; it is deleted when the message is delivered.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        DEAD = "dead"

    class Kind(models.TextChoices):
        EMAIL = "email", "e-mail"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.EMAIL)
    recipient = models.CharField(max_length=320)
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=200, blank=True)
    content = models.BinaryField(blank=True)
    size = models.PositiveIntegerField("bytes")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=500, default="", blank=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    next_at = models.DateTimeField(db_default=ClockTimestamp())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "sent", "dead"]), name="notification_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending"], ended_at__isnull=True)
                | Q(state__in=["sent", "dead"], ended_at__isnull=False),
                name="notification_end",
            ),
            models.CheckConstraint(condition=~Q(state="dead") | ~Q(reason=""), name="notification_dead_for_a_reason"),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"], condition=Q(state__in=["queued", "sending"]), name="notification_open"
            ),
            models.Index(fields=["state", "-id"], name="notification_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} to {self.recipient}"
