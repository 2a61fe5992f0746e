"""The tables of the intake: each webhook as it came, and the counts of each store.

A query without a store raises `ScopeError`: see `stores.rows`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from integrations.webhooks.states import State
from runtime.clock import ClockTimestamp


class Delivery(models.Model):
    """One webhook. `digest` is that of topic and body, so the same webhook is one row however often it comes.

    `subject` is what it is about, such as `order:18`, empty where the body does not begin with an id. A claim raises
    `attempts` and lasts until `claimed_until`. `needs_shop`: the body alone is not enough, the shop is asked.
    """

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    platform = models.CharField(max_length=20)
    topic = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, blank=True, db_default="")
    digest = models.BinaryField(max_length=32)
    # As the platform named it. WooCommerce's is not unique.
    event_id = models.CharField(max_length=100, blank=True, db_default="")
    body = models.BinaryField()
    size = models.PositiveIntegerField("bytes")
    state = models.CharField(
        max_length=11, choices=[(each.value, each.value) for each in State], db_default=State.NEW.value
    )
    rule = models.CharField(max_length=20, blank=True, db_default="")
    message = models.CharField(max_length=500, blank=True, db_default="")
    order = models.CharField(max_length=100, blank=True, db_default="")
    attempts = models.PositiveSmallIntegerField(db_default=0)
    duplicates = models.PositiveIntegerField(db_default=0)
    needs_shop = models.BooleanField(db_default=False)
    received_at = models.DateTimeField(db_default=ClockTimestamp())
    # When it happened, as the platform says.
    triggered_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(db_default=ClockTimestamp())
    claimed_until = models.DateTimeField(null=True, blank=True)

    objects: models.Manager[Delivery] = ScopedManager(store="store_id")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["store", "digest"], nulls_distinct=False, name="delivery_once"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="delivery_state_is_known"),
            models.CheckConstraint(
                condition=Q(store__isnull=False) | Q(state=State.ORPHAN), name="delivery_without_store_is_orphan"
            ),
        ]
        indexes = [
            models.Index(fields=["needs_shop", "next_at", "id"], condition=Q(state="new"), name="delivery_due"),
            models.Index(fields=["store", "-id"], name="delivery_newest"),
            models.Index(fields=["store", "subject", "-id"], condition=~Q(subject=""), name="delivery_of_subject"),
            models.Index(fields=["received_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class Tally(models.Model):
    """The counts of a store since it was connected.

    `accepted` deliveries are rows, less those that were `removed` for their age. `late` came long after the change that
    they report. `missed` changes came by no webhook before the reconciler saw them; `healed` ones it recorded itself.
    """

    store = models.OneToOneField("stores.Store", on_delete=models.CASCADE, primary_key=True, related_name="+")
    accepted = models.BigIntegerField(db_default=0)
    removed = models.BigIntegerField(db_default=0)
    duplicates = models.BigIntegerField(db_default=0)
    rejected = models.BigIntegerField(db_default=0)
    late = models.BigIntegerField(db_default=0)
    missed = models.BigIntegerField(db_default=0)
    healed = models.BigIntegerField(db_default=0)
    last_event_at = models.DateTimeField(null=True, blank=True)

    objects: models.Manager[Tally] = ScopedManager(store="store_id")

    def __str__(self) -> str:
        return f"{self.store_id}: {self.accepted}"
