"""Who buys in a store."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager


class Customer(models.Model):
    """A buyer of a store, as the newest report describes it. `key` is what identifies it: see `commerce.customers`."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=210)
    external_id = models.CharField(max_length=200, blank=True, default="")
    vat_id = models.CharField(max_length=200, blank=True, default="")
    email = models.CharField(max_length=200, blank=True, default="")
    name = models.CharField(max_length=255, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    first_at = models.DateTimeField(help_text="The time of the oldest order.")
    # By the clock of the shop: the newest report wins.
    reported_at = models.DateTimeField()

    objects: models.Manager[Customer] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "key"], name="commerce_customer_once"),
            models.CheckConstraint(condition=~Q(key=""), name="customer_is_identified"),
        ]

    def __str__(self) -> str:
        return f"customer {self.pk}"
