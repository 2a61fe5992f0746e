"""The batches and pipes of an erased store: deleted in steps, with their lines."""

from __future__ import annotations

from django.db.models import Model

from integrations.pipes.models import Batch, Pipe, Stream, Transaction
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts
from stores.rows import rows_of

DELETE_ROWS = 200
# Pipes last, because the others refer to them.
_MODELS: tuple[type[Model], ...] = (Batch, Stream, Transaction, Pipe)


def register() -> None:
    """Register the pipes with `stores`."""
    register_part(StorePart(name="pipes", delete_some=delete_some))


def delete_some(store: StoreFacts) -> bool:
    """Delete some rows of the store; returns whether more may be left."""
    for model in _MODELS:
        ids = list(rows_of(model, store.id).values_list("pk", flat=True)[:DELETE_ROWS])
        if ids:
            rows_of(model, store.id).filter(pk__in=ids).delete()
            return True
    return False
