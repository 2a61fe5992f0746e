"""The held records, rules and scores of an erased store: deleted in batches."""

from __future__ import annotations

from django.db.models import Model

from quality.records import Drift, HeldRecord, RecordRule, SourceDay
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts
from stores.rows import rows_of

DELETE_ROWS = 500
_MODELS: tuple[type[Model], ...] = (HeldRecord, RecordRule, SourceDay, Drift)


def register() -> None:
    """Register the records with `stores`."""
    register_part(StorePart(name="held-records", delete_some=delete_some))


def delete_some(store: StoreFacts) -> bool:
    """Delete some rows of the store; returns whether more may be left."""
    for model in _MODELS:
        ids = list(rows_of(model, store.id).values_list("pk", flat=True)[:DELETE_ROWS])
        if ids:
            rows_of(model, store.id).filter(pk__in=ids).delete()
            return True
    return False
