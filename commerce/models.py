"""The table of products."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from runtime.clock import ClockTimestamp


class Product(models.Model):
    """A product of a store, by its code: the `product_code` of a line. An empty `category` is `(none)` in figures."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT)
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=255)
    category = models.CharField(
        max_length=100, blank=True, default="", help_text="Figures of the past keep the category they were made with."
    )
    changed_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "code"], name="product_code_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="product_is_named"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
