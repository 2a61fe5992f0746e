"""The products of an erased store: deleted in batches."""

from __future__ import annotations

from commerce.models import Product
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts

DELETE_ROWS = 500


def register() -> None:
    """Register the products with `stores`."""
    register_part(StorePart(name="products", delete_some=delete_some))


def delete_some(store: StoreFacts) -> bool:
    """Delete some products of the store; returns whether products may be left."""
    ids = list(Product.objects.filter(store_id=store.id).values_list("pk", flat=True)[:DELETE_ROWS])
    Product.objects.filter(pk__in=ids).delete()
    return bool(ids)
