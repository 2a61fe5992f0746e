"""What commerce keeps of an erased store: stock, products, customers and carts, deleted in batches."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from commerce.models import Cart, Customer, Movement, Product, StockLevel, Variant
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts
from stores.rows import rows_of

DELETE_ROWS = 500
# Rows that refer to others go first.
_MODELS: tuple[type[Any], ...] = (Movement, StockLevel, Variant, Product, Customer, Cart)


def register() -> None:
    """Register the rows with `stores`."""
    register_part(StorePart(name="commerce", delete_some=delete_some))


def delete_some(store: StoreFacts) -> bool:
    """Delete some rows of the store; returns whether more may be left."""
    return any(_delete_of(rows_of(model, store.id)) for model in _MODELS)


def _delete_of(rows: QuerySet[Any]) -> int:
    ids = list(rows.values_list("pk", flat=True)[:DELETE_ROWS])
    return rows.filter(pk__in=ids).delete()[0]
