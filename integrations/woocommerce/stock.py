"""Reads the products of a shop with their stock, and the variations of those that have some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from commerce.products import Article, Sku
from commerce.stock import Level
from integrations.syncing.errors import NotThere, ShopBusy
from integrations.syncing.shop import Goods
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.values import Json, text

PER_PAGE = 100
FIELDS = "id,name,sku,type,manage_stock,stock_quantity,stock_status,low_stock_amount,categories"
# The slug of the category that WordPress gives to what has none.
NO_CATEGORY = "uncategorized"
LARGEST = 2**31 - 1


def read_goods(client: ShopClient) -> Iterator[Goods]:
    """The levels and articles of each page of products. Raises `ShopError`."""
    for page in _pages(client, "/products"):
        yield _goods_of(client, page)


def level_of(product: Json, title: str = "") -> Level:
    """The level of a product or variation; one without a SKU is named by its id."""
    name = " ".join(part for part in (title, text(product.get("name"))) if part)
    return Level(
        sku=text(product.get("sku"), 100) or f"id-{product['id']}", title=name[:255], available=_available(product),
        low_at=_whole(product.get("low_stock_amount")),
    )  # fmt: skip


def _available(product: Json) -> int | None:
    """What is left; None where the shop does not count it and has some."""
    # A variation may say that its parent counts.
    if product.get("manage_stock") is True:
        return _whole(product.get("stock_quantity"))
    return 0 if product.get("stock_status") == "outofstock" else None


def _whole(value: Any) -> int | None:
    """The number without its fraction, which plugins for weights add."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return max(-LARGEST, min(number, LARGEST))


def _goods_of(client: ShopClient, page: Sequence[Json]) -> Goods:
    levels: list[Level] = []
    articles: list[Article] = []
    for product in page:
        variations = list(_variations(client, product)) if product.get("type") == "variable" else []
        own = [level_of(each, text(product.get("name"))) for each in variations] or [level_of(product)]
        levels += own
        articles.append(article_of(product, own))
    return Goods(levels, articles)


def article_of(product: Json, levels: Sequence[Level]) -> Article:
    """The product with its variants: what its levels are of."""
    own = level_of(product)
    variants = tuple(Sku(sku=each.sku, title=each.title or each.sku) for each in levels)
    return Article(code=own.sku, name=own.title or own.sku, category=_category(product), variants=variants)


def _category(product: Json) -> str:
    """The first category of the product; empty where it has none."""
    named = [each for each in product.get("categories") or [] if each.get("slug") != NO_CATEGORY]
    return text(named[0].get("name"), 100) if named else ""


def _variations(client: ShopClient, product: Json) -> Iterator[Json]:
    try:
        for page in _pages(client, f"/products/{product['id']}/variations"):
            yield from page
    except NotThere:
        return


def _pages(client: ShopClient, path: str) -> Iterator[list[Json]]:
    page = 1
    while True:
        found = client.get(path, _fields=FIELDS, orderby="id", order="asc", per_page=PER_PAGE, page=page)
        if not isinstance(found, list) or not all(isinstance(each, dict) and "id" in each for each in found):
            raise ShopBusy("The shop sent no list of products.")
        yield found
        if len(found) < PER_PAGE:
            return
        page += 1
