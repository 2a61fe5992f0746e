"""The invoice store: series that number, invoices issued once, totals that cannot drift, runs that generate."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from invoices.documents.tables import Credit, Document, IdempotencyKey, Line, Link
from invoices.finding.tables import Chunk, Party, PartyWord, Posting
from invoices.triggers import INVOICE_TRIGGERS, RUN_TRIGGERS, SERIES_TRIGGERS
from streaming.models import ClockTimestamp, Feed

__all__ = [
    "Chunk", "Credit", "Document", "IdempotencyKey", "Invoice", "Line", "Link", "Party", "PartyWord", "Posting", "Run",
    "Series", "Totals",
]  # fmt: skip

DOCUMENT_KINDS = {"invoice": "invoice", "credit_note": "credit note"}


class Series(models.Model):
    """Hands out ordinals without a gap, in the transaction that issues; its prefix makes them numbers."""

    class Kind(models.TextChoices):
        INTERNAL = "internal", "internal (ours, gapless, audited)"
        EXTERNAL = "external", "external (a source's own numbers)"
        TEST = "test", "test (generated, never revenue)"

    id = models.BigAutoField(primary_key=True)
    prefix = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    document = models.CharField("holds", max_length=11, choices=DOCUMENT_KINDS, default="invoice", db_default="invoice")
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT)
    last_ordinal = models.BigIntegerField("issued", default=0)
    opened_at = models.DateTimeField(db_default=ClockTimestamp())
    closed_at = models.DateTimeField(null=True, blank=True)
    is_emptied = models.BooleanField("rows deleted", default=False)
    # The hash chain of what is real: its head, and the ordinal that it begins at (docs/decisions/0012).
    chain_head = models.BinaryField(null=True, blank=True, editable=False)
    chain_start = models.BigIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        verbose_name_plural = "series"
        triggers = SERIES_TRIGGERS
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["internal", "external", "test"]), name="series_kind_is_known"),
            models.CheckConstraint(
                condition=Q(document__in=["invoice", "credit_note"]), name="series_document_is_known"
            ),
            models.CheckConstraint(condition=Q(closed_at__isnull=True) | Q(kind="test"), name="only_test_series_close"),
            models.UniqueConstraint(
                fields=["feed"], condition=Q(kind="test", closed_at__isnull=True), name="one_open_test_series"
            ),
        ]

    def __str__(self) -> str:
        return self.prefix

    def number(self, ordinal: int) -> str:
        """The invoice number of `ordinal`, URL-safe, in the order of issue up to six digits."""
        return f"{self.prefix}-{ordinal:06d}"


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


class Invoice(models.Model):
    """An issued invoice or credit note. Made by `issue()` or `issue_documents()` alone; kept as it was issued.

    That its series and run exist is kept by the triggers, a statement at a time.
    """

    id = models.BigAutoField(primary_key=True)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    ordinal = models.BigIntegerField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, blank=True, db_index=False, db_constraint=False)
    run_ordinal = models.BigIntegerField(null=True, blank=True)
    invoice_number = models.CharField(max_length=50)
    invoice_date = models.DateTimeField()
    seller_name = models.CharField(max_length=255)
    buyer_name = models.CharField(max_length=255)
    currency = models.CharField(max_length=3)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    subtotal = models.DecimalField(max_digits=12, decimal_places=2)
    vat_amount = models.DecimalField(max_digits=12, decimal_places=2)
    total_amount = models.DecimalField(max_digits=12, decimal_places=2)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    kind = models.CharField(max_length=11, choices=DOCUMENT_KINDS, default="invoice", db_default="invoice")

    class Meta:
        triggers = INVOICE_TRIGGERS
        constraints = [
            models.UniqueConstraint(fields=["series", "ordinal"], name="invoice_ordinal_once"),
            # One index for a number as it is, for its beginning, and for the order of numbers (`~<~`).
            models.UniqueConstraint(
                fields=["invoice_number"], opclasses=["varchar_pattern_ops"], name="invoice_number_once"
            ),
            models.UniqueConstraint(
                fields=["run", "run_ordinal"], condition=Q(run__isnull=False), name="invoice_run_ordinal_once"
            ),
            models.CheckConstraint(
                # A comparison with NULL is neither true nor false, and a CHECK only refuses what is false.
                condition=Q(run__isnull=True, run_ordinal__isnull=True)
                | Q(run__isnull=False, run_ordinal__isnull=False, run_ordinal__gt=0),
                name="invoice_run_has_ordinal",
            ),
            models.CheckConstraint(condition=Q(ordinal__gt=0), name="invoice_ordinal_counts"),
            # NaN is above every number, so the upper bounds refuse it too.
            models.CheckConstraint(condition=Q(subtotal__gt=0, subtotal__lt=10**10), name="invoice_subtotal_positive"),
            models.CheckConstraint(
                condition=Q(vat_amount__gte=0, vat_amount__lt=10**10), name="invoice_vat_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(total_amount=F("subtotal") + F("vat_amount"), total_amount__lt=10**10),
                name="invoice_total_is_sum",
            ),
            models.CheckConstraint(
                condition=Q(vat_rate__isnull=True)
                | Q(
                    vat_rate__gte=0,
                    vat_rate__lte=1,
                    vat_amount=Round(F("subtotal") * F("vat_rate"), precision=2),
                ),
                name="invoice_vat_is_rate",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="invoice_currency_is_code"),
            models.CheckConstraint(
                condition=~Q(invoice_number="") & ~Q(seller_name="") & ~Q(buyer_name=""),
                name="invoice_parties_are_named",
            ),
        ]
        indexes = [
            # Next to nothing to keep: the first and last date of every 64 pages.
            BrinIndex(fields=["invoice_date"], name="invoice_dates", pages_per_range=64, autosummarize=True),
        ]

    def __str__(self) -> str:
        return self.invoice_number


class Totals(models.Model):
    """What a series has issued in one currency; written by the triggers alone."""

    id = models.BigAutoField(primary_key=True)
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    invoice_count = models.BigIntegerField(default=0)
    subtotal_amount = models.DecimalField(max_digits=24, decimal_places=2, default=Decimal(0))
    vat_amount = models.DecimalField(max_digits=24, decimal_places=2, default=Decimal(0))
    total_amount = models.DecimalField(max_digits=24, decimal_places=2, default=Decimal(0))
    changed_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        verbose_name_plural = "totals"
        constraints = [models.UniqueConstraint(fields=["series", "currency"], name="totals_once")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.currency}"
