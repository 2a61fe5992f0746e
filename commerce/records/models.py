"""The tables of records: suppliers, inventory, shipments, orders, sessions, spend, tickets, and what is said of products
and customers.

`commerce.records.recording` writes them. A query without a store raises `ScopeError`: see `stores.rows`.
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django_scopes import ScopedManager

from runtime.clock import ClockTimestamp


def _text(length: int = 100) -> models.CharField[Any, Any]:
    return models.CharField(max_length=length, blank=True, default="", db_default="")


def _number() -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)


def _whole() -> models.IntegerField[Any, Any]:
    return models.IntegerField(null=True, blank=True)


def _moment() -> models.DateTimeField[Any, Any]:
    return models.DateTimeField(null=True, blank=True)


class Reported(models.Model):
    """A record by its key. `batch_id` and `line` name where it came from; of two records, the later place wins.

    Batch 0 is that of records that only transactions name.
    """

    id = models.BigAutoField(primary_key=True)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, db_index=False, related_name="+")
    batch_id = models.BigIntegerField()
    line = models.IntegerField()
    changed_at = models.DateTimeField(db_default=ClockTimestamp())

    objects: models.Manager[Self] = ScopedManager(store="store_id")

    class Meta:
        abstract = True


def _once(name: str, *key: str) -> list[models.BaseConstraint]:
    return [models.UniqueConstraint(fields=["store", *key], name=f"reported_{name}_once")]


class ReportedCustomer(Reported):
    customer_id = _text()
    email = _text(200)
    name = _text(255)
    registration_date = _moment()
    customer_segment = _text()
    country = _text()

    class Meta:
        constraints = _once("customer", "customer_id")


class ReportedProduct(Reported):
    product_id = _text()
    name = _text(255)
    category = _text()
    price = _number()
    currency = _text(3)
    vat_rate = _number()
    cost = _number()
    created_at = _moment()

    class Meta:
        constraints = _once("product", "product_id")


class Supplier(Reported):
    supplier_id = _text()
    name = _text(255)
    country = _text()
    lead_time_days = _whole()

    class Meta:
        constraints = _once("supplier", "supplier_id")


class StockCount(Reported):
    """How many of a product were in a warehouse at a time."""

    product_id = _text()
    warehouse_location = _text()
    current_stock = _whole()
    last_restock_date = models.DateField(null=True, blank=True)
    supplier_id = _text()
    lead_time_days = _whole()
    minimum_stock_level = _whole()
    maximum_stock_level = _whole()
    timestamp = models.DateTimeField()

    class Meta:
        constraints = _once("stock", "product_id", "warehouse_location", "timestamp")


class Shipment(Reported):
    """Goods on their way: those of an order to its buyer, or those of a supplier to the store."""

    shipment_id = _text()
    order_id = _text()
    supplier_id = _text()
    warehouse = _text()
    ordered_at = _moment()
    promised_at = _moment()
    shipped_at = _moment()
    delivered_at = _moment()
    quantity_ordered = _number()
    quantity_received = _number()

    class Meta:
        constraints = _once("shipment", "shipment_id")


class ReportedOrder(Reported):
    """How far an order is. What was sold, and its documents, are in `orders`."""

    order_id = _text()
    customer_id = _text()
    status = _text(60)
    channel = _text()
    currency = _text(3)
    total_amount = _number()
    ordered_at = _moment()
    promised_at = _moment()
    fulfilled_at = _moment()
    cancelled_at = _moment()

    class Meta:
        constraints = _once("order", "order_id")


class Session(Reported):
    session_id = _text()
    customer_id = _text()
    channel = _text()
    started_at = models.DateTimeField()
    ended_at = _moment()
    page_views = _whole()
    order_id = _text()

    class Meta:
        constraints = _once("session", "session_id")


class MarketingSpend(Reported):
    date = models.DateField()
    channel = _text()
    campaign = _text(200)
    amount = _number()
    currency = _text(3)

    class Meta:
        constraints = _once("spend", "date", "channel", "campaign")


class SupportTicket(Reported):
    ticket_id = _text()
    customer_id = _text()
    opened_at = models.DateTimeField()
    first_answer_at = _moment()
    closed_at = _moment()

    class Meta:
        constraints = _once("ticket", "ticket_id")


# By the `data_type` of the API.
MODELS: dict[str, type[Reported]] = {
    "customers": ReportedCustomer,
    "products": ReportedProduct,
    "suppliers": Supplier,
    "inventory": StockCount,
    "shipments": Shipment,
    "orders": ReportedOrder,
    "sessions": Session,
    "marketing_spend": MarketingSpend,
    "support_tickets": SupportTicket,
}
