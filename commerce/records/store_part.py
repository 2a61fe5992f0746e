"""The records of an erased store: deleted in batches."""

from __future__ import annotations

from commerce.records.models import MODELS
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts
from stores.rows import rows_of

DELETE_ROWS = 500


def register() -> None:
    """Register the records with `stores`."""
    register_part(StorePart(name="records", delete_some=delete_some))


def delete_some(store: StoreFacts) -> bool:
    """Delete some records of the store; returns whether more may be left."""
    for model in MODELS.values():
        ids = list(rows_of(model, store.id).values_list("pk", flat=True)[:DELETE_ROWS])
        if ids:
            rows_of(model, store.id).filter(pk__in=ids).delete()
            return True
    return False
