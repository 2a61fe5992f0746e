"""The orders of an erased store: deleted in batches. The documents that were issued for them stay."""

from __future__ import annotations

from django.db import transaction

from orders import totals
from orders.models import Order, OrderTotal
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts
from stores.rows import rows_of

DELETE_ROWS = 500


def register() -> None:
    """Register the orders with `stores`."""
    register_part(StorePart(name="orders", delete_some=delete_some))


@transaction.atomic
def delete_some(store: StoreFacts) -> bool:
    """Delete some orders of the store, their sums last; returns whether orders may be left."""
    some = list(rows_of(Order, store.id).select_for_update(no_key=True)[:DELETE_ROWS])
    rows_of(Order, store.id).filter(pk__in=[order.pk for order in some]).delete()
    totals.move(store.id, totals.parts_of(some), [])
    if not some:
        rows_of(OrderTotal, store.id).delete()
    return bool(some)
