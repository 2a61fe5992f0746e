"""Reads the stock of a shop: all products, and the variations of those that have some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from commerce.stock import Level
from integrations.syncing.errors import NotThere, ShopBusy
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.values import Json, text

PER_PAGE = 100
FIELDS = "id,name,sku,type,manage_stock,stock_quantity,stock_status,low_stock_amount"
LARGEST = 2**31 - 1


def read_levels(client: ShopClient) -> Iterator[Sequence[Level]]:
    """The levels of each page of products. Raises `ShopError`."""
    for page in _pages(client, "/products"):
        yield [level for product in page for level in _levels_of(client, product)]


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


def _levels_of(client: ShopClient, product: Json) -> list[Level]:
    variations = list(_variations(client, product)) if product.get("type") == "variable" else []
    return [level_of(each, text(product.get("name"))) for each in variations] or [level_of(product)]


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
