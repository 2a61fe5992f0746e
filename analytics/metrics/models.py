"""Exchange rates, stamped once per day and pair of currencies."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from runtime.clock import ClockTimestamp


class Rate(models.Model):
    """On `day`, one unit of `base` is worth `rate` units of `quote`. A rate is added and never changed."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    base = models.CharField("from currency", max_length=3)
    quote = models.CharField("to currency", max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=9)
    source = models.CharField(max_length=100, blank=True, default="")
    stamped_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["base", "quote", "day"], name="rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0, rate__lt=10**9), name="rate_is_positive"),
            models.CheckConstraint(
                condition=Q(base__regex=r"^[A-Z]{3}$", quote__regex=r"^[A-Z]{3}$") & ~Q(base=F("quote")),
                name="rate_is_of_two_currencies",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: 1 {self.base} = {self.rate} {self.quote}"
