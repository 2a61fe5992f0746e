"""The tables of orders: the newest report of each order with its account, and the documents that it led to.

Rows are written by `orders.recording` alone. A query without a store raises `ScopeError`: see `stores.rows`.
"""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

from django.db import models
from django.db.models import F, Q
from django_scopes import ScopedManager

from orders.snapshot import OrderState
from orders.types import InvoiceState
from runtime.clock import ClockTimestamp

AMOUNTS = (
    "total", "redeemed", "refunded", "invoiced", "credited", "vouchers", "tips", "rounding", "waiting", "set_aside",
    "quarantined",
)  # fmt: skip
# numeric(16,4): the database refuses what is not below this, and NaN, which is above every number.
LIMIT = 10**12


def _amount() -> models.DecimalField[Any, Any]:
    """Four decimals: an order in a currency with three is kept, although no document can be issued for it."""
    return models.DecimalField(max_digits=16, decimal_places=4, default=0)


def _sum() -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=26, decimal_places=4, default=0)


class Order(models.Model):
    """An order as its shop reported it last. The amounts are its account, which is always even."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=100)
    number = models.CharField(max_length=100)
    customer = models.ForeignKey(
        "commerce.Customer", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=9, choices=[(state.value, state.value) for state in OrderState])
    invoice_state = models.CharField(max_length=11, choices=[(state.value, state.value) for state in InvoiceState])
    rule = models.CharField(max_length=20, blank=True, default="")
    message = models.TextField(blank=True, default="")
    currency = models.CharField(max_length=3)
    total = _amount()
    redeemed = _amount()
    refunded = _amount()
    invoiced = _amount()
    credited = _amount()
    vouchers = _amount()
    tips = _amount()
    rounding = _amount()
    waiting = _amount()
    set_aside = _amount()
    quarantined = _amount()
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    # By the clock of the shop: the newest report wins.
    updated_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    # The whole report: see `orders.serialize`.
    content = models.JSONField(default=dict)

    objects: models.Manager[Order] = ScopedManager(store="store_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "external_id"], name="order_once"),
            models.CheckConstraint(condition=Q(state__in=list(OrderState)), name="order_state_is_known"),
            models.CheckConstraint(condition=Q(invoice_state__in=list(InvoiceState)), name="order_invoice_state_is_known"),
            models.CheckConstraint(
                condition=Q(
                    total=F("refunded") - F("redeemed") + F("invoiced") - F("credited") + F("vouchers") + F("tips")
                    + F("rounding") + F("waiting") + F("set_aside") + F("quarantined")
                ),
                name="order_account_is_even",
            ),
            models.CheckConstraint(
                condition=reduce(and_, (Q(**{f"{name}__gt": -LIMIT, f"{name}__lt": LIMIT}) for name in AMOUNTS)),
                name="order_amounts_are_numbers",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["store", "-placed_at", "-id"], name="order_newest"),
            models.Index(fields=["store", "-recorded_at", "-id"], name="order_last_recorded"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderTotal(models.Model):
    """The sums of the orders of a store in one currency and state. Written by `orders.totals` alone."""

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.CASCADE, db_index=False, related_name="+")
    currency = models.CharField(max_length=3)
    invoice_state = models.CharField(max_length=11)
    orders = models.BigIntegerField(default=0)
    total = _sum()
    redeemed = _sum()
    refunded = _sum()
    invoiced = _sum()
    credited = _sum()
    vouchers = _sum()
    tips = _sum()
    rounding = _sum()
    waiting = _sum()
    set_aside = _sum()
    quarantined = _sum()

    objects: models.Manager[OrderTotal] = ScopedManager(store="store_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "currency", "invoice_state"], name="order_total_once")]

    def __str__(self) -> str:
        return f"{self.currency} {self.invoice_state}: {self.orders}"


class OrderDocument(models.Model):
    """That a document was issued for an order. `digest` is the content that an invoice was made from."""

    invoice = models.OneToOneField(
        "invoices.Invoice", on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, blank=True, default="")

    objects: models.Manager[OrderDocument] = ScopedManager(store="order__store_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "external_id"], name="order_document_once")]

    def __str__(self) -> str:
        return self.external_id
