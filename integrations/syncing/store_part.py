"""The connection of an erased store, with the records of its readings. Its secrets are deleted before."""

from __future__ import annotations

from django.db.models import Model

from stores.parts import StorePart, register_part
from stores.queries import StoreFacts
from stores.rows import rows_of


def register_rows(name: str, *models: type[Model]) -> None:
    """Register the rows of `models`, which are few, to be deleted with their store."""

    def delete_all(store: StoreFacts) -> bool:
        for model in models:
            rows_of(model, store.id).filter(store_id=store.id).delete()
        return False

    register_part(StorePart(name=name, delete_some=delete_all))
