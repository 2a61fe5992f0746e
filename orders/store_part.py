"""The orders of an erased store: deleted in batches. The documents that were issued for them stay."""

from __future__ import annotations

from orders.models import Order
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts
from stores.rows import rows_of

DELETE_ROWS = 500


def register() -> None:
    """Register the orders with `stores`."""
    register_part(StorePart(name="orders", delete_some=delete_some))


def delete_some(store: StoreFacts) -> bool:
    """Delete some orders of the store; returns whether orders may be left."""
    ids = list(rows_of(Order, store.id).values_list("pk", flat=True)[:DELETE_ROWS])
    rows_of(Order, store.id).filter(pk__in=ids).delete()
    return bool(ids)
