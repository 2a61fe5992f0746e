"""Products of stores and their variants: from a file, or as the shop names them.

Figures find the category of what was sold by the SKU of a variant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction

from commerce.models import Variant
from stores.rows import rows_of

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
_VARIANTS = """
INSERT INTO commerce_variant AS v (store_id, product_id, sku, title)
SELECT %(store)s, p.id, given.sku, given.title
FROM unnest(%(codes)s::text[], %(skus)s::text[], %(titles)s::text[]) AS given(code, sku, title)
JOIN commerce_product p ON p.store_id = %(store)s AND p.code = given.code
ORDER BY given.sku
ON CONFLICT (store_id, sku) DO UPDATE SET product_id = excluded.product_id, title = excluded.title
    WHERE (v.product_id, v.title) IS DISTINCT FROM (excluded.product_id, excluded.title)
"""
# A variant that moved to its product may leave a simple product of its SKU behind.
_DELETE_LEFT = """
DELETE FROM commerce_product p WHERE p.store_id = %(store)s AND p.code = ANY(%(skus)s) AND p.code <> ALL(%(codes)s)
    AND NOT EXISTS (SELECT FROM commerce_variant v WHERE v.product_id = p.id)
"""
_BELOW_ANOTHER = """
SELECT v.sku, p.code, p.name FROM commerce_variant v JOIN commerce_product p ON p.id = v.product_id
WHERE v.store_id = %(store)s AND v.sku = ANY(%(codes)s) AND p.code <> v.sku
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sku:
    """A variant: what lines of orders name as `product_code`. `sku` is not empty."""

    sku: str
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """A product by its code in the store. Neither `code` nor `name` is empty.

    Without `variants` it is a simple product: its only variant has its code as SKU, and its name as title.
    """

    code: str
    name: str
    category: str = ""
    variants: tuple[Sku, ...] = ()

    @property
    def skus(self) -> tuple[Sku, ...]:
        return self.variants or (Sku(sku=self.code, title=self.name),)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How many products were added or changed, and how many were in the store with the same values."""

    added: int
    changed: int
    unchanged: int


@transaction.atomic
def record_products(store_id: int, articles: Iterable[Article], *, keep_categories: bool) -> Taken:
    """Add the articles to the store, or change them; of several with one code, the last. No variant is deleted.

    With `keep_categories`, a category that a product has stays: a person or a file may have set it. Otherwise an article with
    the code of a variant of another product describes that variant, and sets the category of that product.
    """
    given = list(articles)
    if not keep_categories:
        given = list(_as_variants(store_id, given))
    products = {each.code: each for each in given}
    variants = {sku.sku: (each.code, sku.title) for each in given for sku in each.skus}
    if keep_categories:
        products = _with_categories_of_variants(store_id, products)
    taken = _write_products(store_id, products, keep_categories=keep_categories)
    _write_variants(store_id, variants)
    return taken


@transaction.atomic
def name_variants(store_id: int, titles: Mapping[str, str]) -> None:
    """Give the variants of these SKUs their titles, where there is one; an unknown SKU becomes a simple product."""
    rows = list(rows_of(Variant, store_id).filter(sku__in=titles).values_list("sku", "product__code", "title"))
    changed = {sku: (code, titles[sku]) for sku, code, title in rows if titles[sku] not in ("", title)}
    unknown = titles.keys() - {sku for sku, _, _ in rows}
    if unknown:
        products = {sku: Article(code=sku, name=titles[sku] or sku) for sku in unknown}
        _write_products(store_id, products, keep_categories=True)
        changed |= {sku: (sku, each.name) for sku, each in products.items()}
    if changed:
        _write_variants(store_id, changed)


def _write_products(store_id: int, products: Mapping[str, Article], *, keep_categories: bool) -> Taken:
    given: dict[str, Any] = {
        "store": store_id,
        "codes": list(products),
        "names": [each.name for each in products.values()],
        "categories": [each.category for each in products.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT.format(category=_KEPT if keep_categories else _GIVEN), given)
        is_new = [new for (new,) in cursor.fetchall()]
    return Taken(added=sum(is_new), changed=len(is_new) - sum(is_new), unchanged=len(products) - len(is_new))


def _write_variants(store_id: int, variants: Mapping[str, tuple[str, str]]) -> None:
    codes, titles = [code for code, _ in variants.values()], [title for _, title in variants.values()]
    with connection.cursor() as cursor:
        cursor.execute(_VARIANTS, {"store": store_id, "skus": list(variants), "codes": codes, "titles": titles})
        moved = [sku for sku, (code, _) in variants.items() if sku != code]
        if moved:
            cursor.execute(_DELETE_LEFT, {"store": store_id, "skus": moved, "codes": list(set(codes))})


def _as_variants(store_id: int, articles: Sequence[Article]) -> Iterator[Article]:
    """The articles; those with the SKU of a variant of another product as that product with the variant."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW_ANOTHER, {"store": store_id, "codes": [each.code for each in articles]})
        found = {sku: (code, name) for sku, code, name in cursor.fetchall()}
    for each in articles:
        if each.code in found:
            code, name = found[each.code]
            yield replace(each, code=code, name=name, variants=each.skus)
        else:
            yield each


def _with_categories_of_variants(store_id: int, products: Mapping[str, Article]) -> dict[str, Article]:
    """The products; one takes over the category that one of its variants had under another product."""
    skus = [sku.sku for each in products.values() for sku in each.variants]
    rows = rows_of(Variant, store_id).filter(sku__in=skus).exclude(product__category="")
    known = dict(rows.order_by("-pk").values_list("sku", "product__category"))
    return {
        code: replace(each, category=next((known[sku.sku] for sku in each.variants if sku.sku in known), each.category))
        for code, each in products.items()
    }
