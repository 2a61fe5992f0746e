"""The table of idempotency keys: the outcomes of requests that clients may repeat."""

from __future__ import annotations

from django.db import models

from runtime.clock import ClockTimestamp


class IdempotencyKey(models.Model):
    """The outcome of a request under its key: see `web.idempotency`. `status` None: not answered yet.

    `scope` is an opaque text for the owner of the key, `reference` one for the object that the request created.
    """

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=50)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField()
    attempt = models.UUIDField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(default="")
    reference = models.CharField(max_length=50, default="", db_column="invoice_number")
    created_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        # The table was created by `invoices`, its first owner.
        db_table = "invoices_idempotencykey"
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]

    def __str__(self) -> str:
        return self.key
