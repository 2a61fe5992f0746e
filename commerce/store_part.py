"""The products of an erased store, their stock and its carts: deleted in batches."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from commerce.models import Cart, Product, StockLevel
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts
from stores.rows import rows_of

DELETE_ROWS = 500


def register() -> None:
    """Register the products with `stores`."""
    register_part(StorePart(name="products", delete_some=delete_some))


def delete_some(store: StoreFacts) -> bool:
    """Delete some products, levels and carts of the store; returns whether more may be left."""
    found = (Product.objects.filter(store_id=store.id), rows_of(StockLevel, store.id), rows_of(Cart, store.id))
    return any(_delete_of(rows) for rows in found)


def _delete_of(rows: QuerySet[Any]) -> int:
    ids = list(rows.values_list("pk", flat=True)[:DELETE_ROWS])
    return rows.filter(pk__in=ids).delete()[0]
