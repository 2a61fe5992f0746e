"""The tables of Shopify: the shop of each store, installations that were begun, its articles and ended bulk operations."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from runtime.clock import ClockTimestamp


class Connection(models.Model):
    """The shop of a store; a shop belongs to one store. `integrations.shopify.connections` reads it.

    The tokens are in `stores.credentials`. Without `access_expires_at`, the access token does not expire. `granted_at` is
    when the owner of the shop approved last.
    """

    store = models.OneToOneField("stores.Store", on_delete=models.PROTECT, primary_key=True, related_name="+")
    shop = models.CharField(max_length=100, unique=True)
    # An address of its own, for a simulated shop.
    base_url = models.CharField(max_length=200, blank=True, default="")
    scopes = models.JSONField(default=list)
    access_expires_at = models.DateTimeField(null=True, blank=True)
    connected_at = models.DateTimeField(db_default=ClockTimestamp())
    granted_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[Connection] = ScopedManager(store="store_id")

    def __str__(self) -> str:
        return self.shop


class ConnectAttempt(models.Model):
    """An installation that was begun. Only the hashes of its state and of the session that began it are kept."""

    state_hash = models.CharField(primary_key=True, max_length=64)
    session_hash = models.CharField(max_length=64)
    store = models.ForeignKey("stores.Store", on_delete=models.CASCADE, related_name="+")
    shop = models.CharField(max_length=100)
    base_url = models.CharField(max_length=200, blank=True, default="")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.shop


class StockItem(models.Model):
    """An article in one place, as the shop numbers them: webhooks of stock have these numbers and no names."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    item_id = models.BigIntegerField()
    location_id = models.BigIntegerField()
    sku = models.CharField(max_length=100)
    title = models.CharField(max_length=255, blank=True)
    location = models.CharField(max_length=100, blank=True)

    objects: models.Manager[StockItem] = ScopedManager(store="store_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "item_id", "location_id"], name="shopify_item_once")]

    def __str__(self) -> str:
        return self.sku


class FinishedOperation(models.Model):
    """A bulk operation that the shop has reported as ended; the import that waits for it deletes the row."""

    store = models.ForeignKey("stores.Store", on_delete=models.CASCADE, related_name="+")
    operation = models.CharField(max_length=100)
    finished_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[FinishedOperation] = ScopedManager(store="store_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "operation"], name="shopify_operation_once")]

    def __str__(self) -> str:
        return self.operation
