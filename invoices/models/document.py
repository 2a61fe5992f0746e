"""The tables of real documents: their parties and lines, what was credited, and the links of the hash chain.

Rows are written by `invoices.documents.issue` alone, and stay as they were written. Their keys to invoices are kept by
triggers, a statement at a time; nothing is to be asked for them when generated invoices are deleted, which have none.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from invoices.documents.triggers import CREDIT_TRIGGERS, DOCUMENT_TRIGGERS, LINE_TRIGGERS, LINK_TRIGGERS
from runtime.clock import ClockTimestamp


class Document(models.Model):
    """What a real invoice or credit note says beyond its row: copied at issue, so that it stays as it was."""

    invoice = models.OneToOneField(
        "invoices.Invoice", on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False
    )
    seller = models.JSONField()
    buyer = models.JSONField()
    due_date = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=100, blank=True, default="")
    external_id = models.CharField(max_length=200, blank=True, default="")
    corrects = models.ForeignKey(
        "invoices.Invoice",
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="credit_notes",
        db_constraint=False,
        db_index=False,
    )
    reason = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")

    class Meta:
        triggers = DOCUMENT_TRIGGERS
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="document_external_id_once"
            )
        ]
        indexes = [models.Index(fields=["corrects"], condition=Q(corrects__isnull=False), name="document_credit_notes")]

    def __str__(self) -> str:
        return f"document of invoice {self.invoice_id}"


class Line(models.Model):
    """A line of a document. `net` is quantity x unit price in whole cents, half up."""

    pk = models.CompositePrimaryKey("invoice_id", "position")
    invoice = models.ForeignKey(
        "invoices.Invoice", on_delete=models.DO_NOTHING, related_name="lines", db_constraint=False, db_index=False
    )
    position = models.PositiveIntegerField()
    description = models.TextField()
    product_code = models.CharField(max_length=100, blank=True, default="")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    net = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        triggers = LINE_TRIGGERS
        constraints = [
            # NaN is above every number, so the upper bounds refuse it too.
            models.CheckConstraint(
                condition=Q(quantity__gt=-(10**12), quantity__lt=10**12, unit_price__gte=0, unit_price__lt=10**12),
                name="line_price_not_negative",
            ),
            models.CheckConstraint(condition=Q(vat_rate__gte=0, vat_rate__lte=1), name="line_vat_rate_is_rate"),
            models.CheckConstraint(
                condition=Q(net=Round(F("quantity") * F("unit_price"), precision=2)), name="line_net_is_product"
            ),
            models.CheckConstraint(condition=~Q(description=""), name="line_is_described"),
        ]

    def __str__(self) -> str:
        return f"line {self.position} of invoice {self.invoice_id}"


class Credit(models.Model):
    """How much of an invoice was credited; written by the trigger of documents alone. Never more than its total."""

    invoice = models.OneToOneField(
        "invoices.Invoice", on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False
    )
    total_amount = models.DecimalField(max_digits=12, decimal_places=2)
    credited_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))

    class Meta:
        triggers = CREDIT_TRIGGERS
        constraints = [
            models.CheckConstraint(
                condition=Q(credited_amount__gt=0, credited_amount__lte=F("total_amount")),
                name="credit_within_invoice",
            )
        ]

    def __str__(self) -> str:
        return f"{self.credited_amount} of invoice {self.invoice_id}"


class IdempotencyKey(models.Model):
    """What was answered to a request with an `Idempotency-Key`: see `invoices.documents.idempotency`."""

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=50)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField()
    status = models.PositiveSmallIntegerField()
    answer = models.TextField()
    created_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]

    def __str__(self) -> str:
        return self.key


class Link(models.Model):
    """One link of a series' hash chain: see `invoices.documents.chain`."""

    pk = models.CompositePrimaryKey("series_id", "ordinal")
    series = models.ForeignKey("invoices.Series", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    ordinal = models.BigIntegerField()
    seller_salt = models.BinaryField(null=True)
    buyer_salt = models.BinaryField(null=True)
    seller_hash = models.BinaryField()
    buyer_hash = models.BinaryField()
    digest = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        triggers = LINK_TRIGGERS

    def __str__(self) -> str:
        return f"link {self.ordinal} of series {self.series_id}"
