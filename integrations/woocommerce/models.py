"""The tables of WooCommerce: how a shop is reached, and the key exchanges that were begun."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from runtime.clock import ClockTimestamp


class Connection(models.Model):
    """The shop of a store. `integrations.woocommerce.connections` reads it with the secrets of the store."""

    store = models.OneToOneField("stores.Store", on_delete=models.PROTECT, primary_key=True, related_name="+")
    url = models.CharField(max_length=500)
    connected_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[Connection] = ScopedManager(store="store_id")

    def __str__(self) -> str:
        return self.url


class ConnectAttempt(models.Model):
    """A key exchange that was begun. Its nonce is the only proof that keys belong to it; only the hash is kept."""

    nonce_hash = models.CharField(primary_key=True, max_length=64)
    store = models.ForeignKey("stores.Store", on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=500)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.url
