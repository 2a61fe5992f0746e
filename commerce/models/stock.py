"""How many of each variant are left in each place, and the movements that led to it.

`on_hand` is the sum of the movements of a level (I13). Movements are only added: the database refuses to change them, and
to delete them unless their store is erased.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from commerce.models.products import Variant
from runtime.clock import ClockTimestamp

_REFUSE_CHANGE = """
    RAISE EXCEPTION 'A movement of stock is never changed; correct it by another movement.'
        USING ERRCODE = 'restrict_violation';
"""
_REFUSE_DELETE = """
    IF EXISTS (SELECT 1 FROM stores_store WHERE id = OLD.store_id AND status = 'erased') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'A movement of stock is never deleted; correct it by another movement.'
        USING ERRCODE = 'restrict_violation';
"""
_REFUSE_TRUNCATE = """
    IF current_database() NOT LIKE 'test\\_%' AND EXISTS (SELECT 1 FROM commerce_movement) THEN
        RAISE EXCEPTION 'Movements of stock are never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
"""


class StockLevel(models.Model):
    """How many of one variant are in one place. Where the shop does not count it, `on_hand` is what was counted last.

    `changed_at` is when the shop changed it, null where the shop does not say; `updated_at` is when the shop was read.
    `gone_at` is set while the shop does not list the article any more.
    At or below `low_at` the article is low.
    """

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    location = models.CharField(max_length=100, blank=True, default="", db_default="")
    on_hand = models.IntegerField(default=0, db_default=0)
    is_counted = models.BooleanField(default=False, db_default=False)
    low_at = models.IntegerField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    objects: models.Manager[StockLevel] = ScopedManager(store="store_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["variant", "location"], name="stock_level_once")]
        indexes = [models.Index(fields=["store", "id"], name="stock_level_in_order")]

    def __str__(self) -> str:
        return f"{self.variant}: {self.available}"

    @property
    def sku(self) -> str:
        return self.variant.sku

    @property
    def available(self) -> int | None:
        """How many are left; None where the shop does not count the article."""
        return self.on_hand if self.is_counted else None


class Movement(models.Model):
    """A change of a level: by `quantity`, to `on_hand`. `at` is when the shop reported it."""

    class Kind(models.TextChoices):
        COUNTED = "counted", "Counted by the shop"

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, db_index=False, related_name="+")
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, db_index=False, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    quantity = models.BigIntegerField()
    on_hand = models.IntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[Movement] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["counted"]), name="movement_kind_is_known"),
            models.CheckConstraint(condition=~Q(quantity=0), name="movement_moves"),
        ]
        indexes = [
            models.Index(fields=["level", "id"], name="movement_of_level"),
            models.Index(fields=["store", "id"], name="movement_of_store"),
        ]
        triggers = [
            pgtrigger.Trigger(name="movement_update", when=pgtrigger.Before, operation=pgtrigger.Update, func=_REFUSE_CHANGE),
            pgtrigger.Trigger(name="movement_delete", when=pgtrigger.Before, operation=pgtrigger.Delete, func=_REFUSE_DELETE),
            pgtrigger.Trigger(
                name="movement_truncate", level=pgtrigger.Statement, when=pgtrigger.Before, operation=pgtrigger.Truncate,
                func=_REFUSE_TRUNCATE,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+}"
