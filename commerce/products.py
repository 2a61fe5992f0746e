"""Products of stores as their shops name them, so that figures have a category for what was sold.

The name is the shop's. A category that is there stays: a person or a file may have set it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from stores.queries import StoreFacts

_UPSERT = """
INSERT INTO commerce_product AS p (store_id, code, name, category)
SELECT %(store)s, given.code, given.name, given.category
FROM unnest(%(codes)s::text[], %(names)s::text[], %(categories)s::text[]) AS given(code, name, category)
ORDER BY given.code
ON CONFLICT (store_id, code) DO UPDATE
    SET name = excluded.name, category = coalesce(nullif(p.category, ''), excluded.category), changed_at = clock_timestamp()
    WHERE p.name <> excluded.name OR (p.category = '' AND excluded.category <> '')
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """A product by the code that lines of orders name it with. Neither `code` nor `name` is empty."""

    code: str
    name: str
    category: str = ""


def record_products(store: StoreFacts, articles: Sequence[Article]) -> None:
    """Add the articles to the store, or change them; of several with one code, the last. Nothing is deleted."""
    wanted = {each.code: each for each in articles}
    given: dict[str, Any] = {
        "store": store.id, "codes": list(wanted), "names": [each.name for each in wanted.values()],
        "categories": [each.category for each in wanted.values()],
    }  # fmt: skip
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, given)
