"""Entities of supply: suppliers, inventory, shipments."""

from __future__ import annotations

from integrations.pipes.entities.types import Entity, Mode
from integrations.pipes.entities.values import day, moment, number, text, whole

SUPPLIERS = Entity(
    data_type="suppliers",
    mode=Mode.MUTABLE,
    key=("supplier_id",),
    fields=(
        text("supplier_id", 100, required=True),
        text("name", 255),
        text("country", 100),
        whole("lead_time_days"),
    ),
)
INVENTORY = Entity(
    data_type="inventory",
    mode=Mode.APPEND,
    key=("product_id", "warehouse_location", "timestamp"),
    wrapper="inventory_snapshot",
    fields=(
        text("product_id", 100, required=True, refers_to="products"),
        text("warehouse_location", 100),
        whole("current_stock", required=True),
        day("last_restock_date"),
        text("supplier_id", 100, refers_to="suppliers"),
        whole("lead_time_days"),
        whole("minimum_stock_level"),
        whole("maximum_stock_level"),
        moment("timestamp", received=True),
    ),
)
SHIPMENTS = Entity(
    data_type="shipments",
    mode=Mode.MUTABLE,
    key=("shipment_id",),
    fields=(
        text("shipment_id", 100, required=True),
        text("order_id", 100, refers_to="orders"),
        text("supplier_id", 100, refers_to="suppliers"),
        text("warehouse", 100),
        moment("ordered_at"),
        moment("promised_at"),
        moment("shipped_at"),
        moment("delivered_at"),
        number("quantity_ordered"),
        number("quantity_received"),
    ),
)
