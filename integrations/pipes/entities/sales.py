"""Entities of selling: transactions, customers, products, orders."""

from __future__ import annotations

from integrations.pipes.entities.types import Entity, Mode
from integrations.pipes.entities.values import choice, items, moment, number, text

COMPLETED, REFUNDED, PENDING, FAILED = "completed", "refunded", "pending", "failed"

_ITEM = (
    text("product_id", 100, required=True, refers_to="products"),
    number("quantity", required=True, above=True),
    number("price", required=True),
    text("name", 255),
    text("category", 100),
)
TRANSACTIONS = Entity(
    data_type="transactions",
    mode=Mode.DOCUMENT,
    key=("transaction_id",),
    money=("amount", "currency"),
    fields=(
        text("transaction_id", 100, required=True),
        text("customer_id", 100, "customer.customer_id", refers_to="customers"),
        number("amount", "order.total_amount"),
        text("currency", 3, "order.currency", required=True),
        choice("status", COMPLETED, REFUNDED, PENDING, FAILED),
        moment("timestamp", required=True),
        items("products", "order.items", fields=_ITEM),
        text("email", 200, "customer.email"),
        text("segment", 100, "customer.segment"),
        text("payment_method", 100),
        text("country", 100, "shipping_address.country"),
        text("state", 100, "shipping_address.state"),
        text("city", 100, "shipping_address.city"),
    ),
)
CUSTOMERS = Entity(
    data_type="customers",
    mode=Mode.MUTABLE,
    key=("customer_id",),
    fields=(
        text("customer_id", 100, required=True),
        text("email", 200),
        text("name", 255),
        moment("registration_date"),
        text("customer_segment", 100, "segment"),
        text("country", 100),
    ),
)
PRODUCTS = Entity(
    data_type="products",
    mode=Mode.MUTABLE,
    key=("product_id",),
    fields=(
        text("product_id", 100, required=True),
        text("name", 255),
        text("category", 100),
        number("price"),
        text("currency", 3),
        number("vat_rate"),
        number("cost"),
        moment("created_at"),
    ),
)
ORDERS = Entity(
    data_type="orders",
    mode=Mode.MUTABLE,
    key=("order_id",),
    money=("total_amount", "currency"),
    fields=(
        text("order_id", 100, required=True),
        text("customer_id", 100, refers_to="customers"),
        text("status", 60),
        text("channel", 100),
        text("currency", 3),
        number("total_amount"),
        moment("ordered_at"),
        moment("promised_at"),
        moment("fulfilled_at"),
        moment("cancelled_at"),
    ),
)
