"""A record of each `data_type`, as docs/ingestion.md shows it."""

from __future__ import annotations

from typing import Any

FLAT: dict[str, Any] = {
    "transaction_id": "T1", "customer_id": "C1", "amount": "149.99", "currency": "SAR", "status": "completed",
    "timestamp": "2025-01-15T10:30:00Z", "products": [{"product_id": "P1", "quantity": 2, "price": 74.99}],
}  # fmt: skip
NESTED: dict[str, Any] = {
    "transaction_id": "T2",
    "customer": {"customer_id": "C2", "email": "erika@example.com", "segment": "premium"},
    "order": {
        "total_amount": 299.98,
        "currency": "SAR",
        "items": [{"product_id": "P2", "name": "Lamp", "category": "home", "price": 149.99, "quantity": 2}],
    },
    "timestamp": "2025-01-15T10:30:00Z",
    "payment_method": "card",
    "shipping_address": {"country": "SA", "state": "Riyadh", "city": "Riyadh"},
}
INVENTORY: dict[str, Any] = {
    "product_id": "P1", "warehouse_location": "Riyadh", "current_stock": 150, "last_restock_date": "2025-01-10",
    "supplier_id": "S1", "lead_time_days": 7, "minimum_stock_level": 50, "maximum_stock_level": 500,
    "timestamp": "2025-01-15T10:30:00Z",
}  # fmt: skip
PRODUCT: dict[str, Any] = {
    "product_id": "P1", "name": "Mug", "category": "kitchen", "price": 74.99, "currency": "SAR", "vat_rate": "0.05",
    "cost": 30, "created_at": "2024-05-01",
}  # fmt: skip
CUSTOMER: dict[str, Any] = {
    "customer_id": "C1", "email": "max@example.com", "name": "Max Muster", "registration_date": "2024-01-01",
    "customer_segment": "vip", "country": "SA",
}  # fmt: skip
SUPPLIER: dict[str, Any] = {"supplier_id": "S1", "name": "Potters", "country": "SA", "lead_time_days": 7}
ORDER: dict[str, Any] = {
    "order_id": "O1", "customer_id": "C1", "status": "fulfilled", "channel": "web", "currency": "SAR",
    "total_amount": "149.99", "ordered_at": "2025-01-15T10:30:00Z", "promised_at": "2025-01-18", "fulfilled_at": None,
    "cancelled_at": None,
}  # fmt: skip
SHIPMENT: dict[str, Any] = {
    "shipment_id": "H1", "order_id": "O1", "warehouse": "Riyadh", "ordered_at": "2025-01-15T10:30:00Z",
    "promised_at": "2025-01-18", "shipped_at": "2025-01-16T08:00:00Z", "delivered_at": None, "quantity_ordered": 2,
    "quantity_received": None,
}  # fmt: skip
SESSION: dict[str, Any] = {
    "session_id": "V1", "customer_id": "C1", "channel": "ads", "started_at": "2025-01-15T10:00:00Z",
    "ended_at": "2025-01-15T10:20:00Z", "page_views": 12, "order_id": "O1",
}  # fmt: skip
SPEND: dict[str, Any] = {
    "date": "2025-01-15", "channel": "ads", "campaign": "winter", "amount": "500.00", "currency": "SAR",
}  # fmt: skip
TICKET: dict[str, Any] = {
    "ticket_id": "K1", "customer_id": "C1", "opened_at": "2025-01-15T10:00:00Z", "first_answer_at": None,
    "closed_at": None,
}  # fmt: skip
# By `data_type`, of all types but transactions.
ROWS: dict[str, dict[str, Any]] = {
    "customers": CUSTOMER, "products": PRODUCT, "suppliers": SUPPLIER, "inventory": INVENTORY, "shipments": SHIPMENT,
    "orders": ORDER, "sessions": SESSION, "marketing_spend": SPEND, "support_tickets": TICKET,
}  # fmt: skip
