"""The held records of an erased store: deleted in batches."""

from __future__ import annotations

from quality.records import HeldRecord
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts
from stores.rows import rows_of

DELETE_ROWS = 500


def register() -> None:
    """Register the held records with `stores`."""
    register_part(StorePart(name="held-records", delete_some=delete_some))


def delete_some(store: StoreFacts) -> bool:
    """Delete some held records of the store; returns whether more may be left."""
    ids = list(rows_of(HeldRecord, store.id).values_list("pk", flat=True)[:DELETE_ROWS])
    rows_of(HeldRecord, store.id).filter(pk__in=ids).delete()
    return bool(ids)
