"""Products of stores, so that figures have a category for what was sold: from a file, or as the shop names them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

# `xmax` is 0 for a row that was inserted.
_UPSERT = """
INSERT INTO commerce_product AS p (store_id, code, name, category)
SELECT %(store)s, given.code, given.name, given.category
FROM unnest(%(codes)s::text[], %(names)s::text[], %(categories)s::text[]) AS given(code, name, category)
ORDER BY given.code
ON CONFLICT (store_id, code) DO UPDATE
    SET name = excluded.name, category = {category}, changed_at = clock_timestamp()
    WHERE (p.name, p.category) IS DISTINCT FROM (excluded.name, {category})
RETURNING xmax = 0
"""
_GIVEN, _KEPT = "excluded.category", "coalesce(nullif(p.category, ''), excluded.category)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """A product by the code that lines of orders name it with. Neither `code` nor `name` is empty."""

    code: str
    name: str
    category: str = ""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How many products were added or changed. One that is in the store as it was given counts as unchanged."""

    added: int
    changed: int
    unchanged: int


def record_products(store_id: int, articles: Iterable[Article], *, keep_categories: bool) -> Taken:
    """Add the articles to the store, or change them; of several with one code, the last. Nothing is deleted.

    With `keep_categories`, a category that is there stays: a person or a file may have set it.
    """
    wanted = {each.code: each for each in articles}
    given: dict[str, Any] = {
        "store": store_id,
        "codes": list(wanted),
        "names": [each.name for each in wanted.values()],
        "categories": [each.category for each in wanted.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT.format(category=_KEPT if keep_categories else _GIVEN), given)
        is_new = [new for (new,) in cursor.fetchall()]
    return Taken(added=sum(is_new), changed=len(is_new) - sum(is_new), unchanged=len(wanted) - len(is_new))
