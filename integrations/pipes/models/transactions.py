"""The table of what the transactions of sources led to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from integrations.pipes.entities.sales import COMPLETED, FAILED, PENDING, REFUNDED
from integrations.pipes.models.pipes import Pipe
from runtime.clock import ClockTimestamp


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
