"""Products for tests of what stands on them."""

from __future__ import annotations

from commerce.products import Article, record_products


def keep_product(store_id: int, code: str, *, category: str = "") -> None:
    """A simple product of this code, with this category from now on."""
    record_products(store_id, [Article(code=code, name=code, category=category)], keep_categories=False)
