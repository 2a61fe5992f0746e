"""Products, and the variants below them that are sold."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from runtime.clock import ClockTimestamp


class Product(models.Model):
    """What a store sells, by its code in the store. An empty `category` is `(none)` in figures."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=255)
    category = models.CharField(
        max_length=100, blank=True, default="", help_text="Figures of the past keep the category they were made with."
    )
    changed_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    objects: models.Manager[Product] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "code"], name="product_code_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="product_is_named"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Variant(models.Model):
    """What is sold of a product, by the SKU that lines of orders have as `product_code`. A simple product has one."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    sku = models.CharField(max_length=100)
    title = models.CharField(max_length=255)

    objects: models.Manager[Variant] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "sku"], name="variant_sku_once"),
            models.CheckConstraint(condition=~Q(sku=""), name="variant_has_sku"),
        ]

    def __str__(self) -> str:
        return self.sku
