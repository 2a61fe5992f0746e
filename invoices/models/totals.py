"""Running totals of a series, kept by triggers."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from invoices.models.series import Series
from runtime.clock import ClockTimestamp


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
