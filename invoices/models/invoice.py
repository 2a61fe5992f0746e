"""The row that every invoice and credit note has, generated or real."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from invoices.models.run import Run
from invoices.models.series import DOCUMENT_KINDS, Series
from invoices.numbering import LONGEST_PRINTED
from invoices.triggers import INVOICE_TRIGGERS
from runtime.clock import ClockTimestamp


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
    vat_rate = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    subtotal = models.DecimalField(max_digits=12, decimal_places=2)
    vat_amount = models.DecimalField(max_digits=12, decimal_places=2)
    total_amount = models.DecimalField(max_digits=12, decimal_places=2)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    kind = models.CharField(max_length=11, choices=DOCUMENT_KINDS, default="invoice", db_default="invoice")
    # Without a document, an invoice keeps the strict rules: a total above zero, VAT = subtotal x rate.
    has_document = models.BooleanField(default=False, db_default=False)
    # Empty: it is the invoice number.
    printed_number = models.CharField(max_length=LONGEST_PRINTED, blank=True, default="", db_default="")

    class Meta:
        triggers = INVOICE_TRIGGERS
        constraints = [
            models.UniqueConstraint(fields=["series", "ordinal"], name="invoice_ordinal_once"),
            # One index for a number as it is, for its beginning, and for the order of numbers (`~<~`).
            models.UniqueConstraint(
                fields=["invoice_number"], opclasses=["varchar_pattern_ops"], name="invoice_number_once"
            ),
            models.UniqueConstraint(
                fields=["series", "printed_number"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                condition=~Q(printed_number=""),
                name="invoice_printed_number_once",
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
            models.CheckConstraint(
                condition=Q(subtotal__gt=0, subtotal__lt=10**10) | Q(subtotal=0, has_document=True),
                name="invoice_subtotal_positive",
            ),
            models.CheckConstraint(
                condition=Q(vat_amount__gte=0, vat_amount__lt=10**10), name="invoice_vat_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(total_amount=F("subtotal") + F("vat_amount"), total_amount__lt=10**10),
                name="invoice_total_is_sum",
            ),
            models.CheckConstraint(
                condition=Q(vat_rate__isnull=True)
                | Q(vat_rate__gte=0, vat_rate__lte=1)
                & (
                    Q(vat_amount=Round(F("subtotal") * F("vat_rate"), precision=2))
                    # Documents have VAT as given; the bound of it is a rule of their VAT groups.
                    | Q(has_document=True)
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
        return self.printed_number or self.invoice_number
