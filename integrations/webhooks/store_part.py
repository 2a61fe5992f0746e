"""The deliveries of an erased store: deleted in batches, with their bodies."""

from __future__ import annotations

from integrations.webhooks.models import Delivery, Tally
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts
from stores.rows import rows_of

DELETE_ROWS = 500


def register() -> None:
    """Register the deliveries with `stores`."""
    register_part(StorePart(name="deliveries", delete_some=delete_some))


def delete_some(store: StoreFacts) -> bool:
    """Delete some deliveries of the store, the counts last; returns whether deliveries may be left."""
    ids = list(rows_of(Delivery, store.id).values_list("pk", flat=True)[:DELETE_ROWS])
    rows_of(Delivery, store.id).filter(pk__in=ids).delete()
    if not ids:
        rows_of(Tally, store.id).delete()
    return bool(ids)
