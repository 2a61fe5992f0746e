"""The carts that buyers begin."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager


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
