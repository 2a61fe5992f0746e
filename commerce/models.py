"""The tables of products, of their stock, and of carts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

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


class StockLevel(models.Model):
    """How many of one article are left in one place, as the shop said last. `available` is null where it does not count.

    A query without a store raises `ScopeError`: see `stores.rows`. At or below `low_at` the article is low. `changed_at` is
    when the shop changed it, null where the shop does not say; `updated_at` is when the shop was read.
    """

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=100)
    location = models.CharField(max_length=100, blank=True, default="", db_default="")
    title = models.CharField(max_length=255, blank=True)
    available = models.IntegerField(null=True, blank=True)
    low_at = models.IntegerField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    objects: models.Manager[StockLevel] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "sku", "location"], name="stock_level_once"),
            models.CheckConstraint(condition=~Q(sku=""), name="stock_level_has_sku"),
        ]
        indexes = [models.Index(fields=["store", "id"], name="stock_level_in_order")]

    def __str__(self) -> str:
        return f"{self.sku}: {self.available}"


class Cart(models.Model):
    """A cart that a buyer began. `digest` is the SHA-256 of the token by which the shop names it."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()

    objects: models.Manager[Cart] = ScopedManager(store="store_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "digest"], name="cart_once")]
        indexes = [models.Index(fields=["store", "created_at"], name="cart_by_time")]

    def __str__(self) -> str:
        return f"cart {self.pk}"
