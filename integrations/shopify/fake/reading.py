"""What an app may read of a fake shop: the nodes of each connection at the top."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from graphql import GraphQLError

from integrations.shopify.fake.goods import ARTICLES
from integrations.shopify.fake.market import Json
from integrations.shopify.fake.node_parts import variant_node
from integrations.shopify.fake.orders import FakeOrder
from integrations.shopify.fake.schema import has_scope
from integrations.shopify.fake.search import UnknownFilter, matching
from integrations.shopify.fake.state import ShopState
from integrations.shopify.fake.stock import location_node

# What an app sees of the past without the scope `read_all_orders`. Older orders are left out without a word.
RECENT = timedelta(days=60)

SortKey = Callable[[FakeOrder], tuple[float, ...]]
_SORT_KEYS: dict[str, SortKey] = {
    "CREATED_AT": lambda order: (order.created_at.timestamp(), order.id),
    "PROCESSED_AT": lambda order: (order.created_at.timestamp(), order.id),
    "UPDATED_AT": lambda order: (order.changed_at.timestamp(), order.id),
    "ID": lambda order: (order.id,),
}


def visible_orders(shop: ShopState) -> list[FakeOrder]:
    """The orders that the app may see."""
    with shop.lock:
        orders = list(shop.orders.values())
    if has_scope(shop.grant.granted, "read_all_orders"):
        return orders
    first = shop.clock() - RECENT
    return [order for order in orders if order.created_at >= first]


def found_orders(shop: ShopState, query: str | None) -> list[FakeOrder]:
    try:
        return matching(visible_orders(shop), query)
    except (UnknownFilter, ValueError) as error:
        raise GraphQLError(f"Invalid search: {error}", extensions={"code": "BAD_REQUEST"}) from None


def sorted_orders(shop: ShopState, arguments: Mapping[str, Any]) -> tuple[list[FakeOrder], SortKey]:
    """The orders that the arguments `query`, `sortKey` and `reverse` ask for, and what they are sorted by."""
    key = _SORT_KEYS[arguments.get("sortKey", "PROCESSED_AT")]
    found = found_orders(shop, arguments.get("query"))
    return sorted(found, key=key, reverse=bool(arguments.get("reverse"))), key


def nodes_of(shop: ShopState, connection: str, arguments: Mapping[str, Any]) -> Iterator[Json]:
    """All nodes of a connection, for a bulk operation: of what is there now, each made when it is needed."""
    readers: dict[str, Callable[[], Iterator[Json]]] = {
        "orders": lambda: (shop.node_of(order) for order in sorted_orders(shop, arguments)[0]),
        "inventoryItems": lambda: iter(shop.stock.item_nodes()),
        "productVariants": variant_nodes,
        "locations": lambda: iter([location_node()]),
    }
    return readers[connection]()


def variant_nodes() -> Iterator[Json]:
    return (variant_node(each) for each in ARTICLES if not each.is_gone)
