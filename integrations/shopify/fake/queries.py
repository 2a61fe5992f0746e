"""What the GraphQL API of a fake shop answers to queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from integrations.shopify.fake.goods import STOCKED
from integrations.shopify.fake.market import Json
from integrations.shopify.fake.node_parts import gid, number_of
from integrations.shopify.fake.paging import page_of
from integrations.shopify.fake.reading import found_orders, sorted_orders, variant_nodes, visible_orders
from integrations.shopify.fake.refund_nodes import refund_node
from integrations.shopify.fake.shop import FakeShopify
from integrations.shopify.fake.shop_bodies import shop_node
from integrations.shopify.fake.stock import location_node

Resolver = Callable[..., Any]


def queries(shop: FakeShopify) -> Mapping[str, Resolver]:
    """A function for each field of a query."""
    return {
        "shop": lambda info: shop_node(shop),
        "node": lambda info, id: node_by_id(shop, id),
        "nodes": lambda info, ids: [node_by_id(shop, each) for each in ids],
        "order": lambda info, id: _order(shop, id),
        "orders": lambda info, **arguments: _orders(shop, arguments),
        "ordersCount": lambda info, query=None, limit=None: _count(shop, query, limit),
        "currentAppInstallation": lambda info: _installation(shop),
        "webhookSubscription": lambda info, id: _subscription(shop, id),
        "webhookSubscriptions": lambda info, **arguments: _subscriptions(shop, arguments),
        "locations": lambda info, **_: [location_node()],
        "location": lambda info, id=None: location_node(),
        "inventoryItem": lambda info, id: _item(shop, id),
        "inventoryItems": lambda info, **_: shop.stock.item_nodes(),
        "inventoryLevel": lambda info, id: _level(shop, id),
        "productVariants": lambda info, **_: list(variant_nodes()),
        "bulkOperation": lambda info, id: shop.bulk.node(id),
        "bulkOperations": lambda info, **arguments: shop.bulk.nodes(reverse=arguments.get("reverse", False)),
        "currentBulkOperation": lambda info, type=None: shop.bulk.current(),
    }


def node_by_id(shop: FakeShopify, global_id: str) -> Json | None:
    kind = global_id.removeprefix("gid://shopify/").partition("/")[0]
    readers: dict[str, Callable[[FakeShopify, str], Json | None]] = {
        "Order": _order, "Refund": _refund, "WebhookSubscription": _subscription, "InventoryItem": _item,
        "InventoryLevel": _level, "BulkOperation": lambda shop, id: shop.bulk.node(id),
        "Location": lambda shop, id: location_node(), "Shop": lambda shop, id: shop_node(shop),
    }  # fmt: skip
    return readers[kind](shop, global_id) if kind in readers else None


def _orders(shop: FakeShopify, arguments: Mapping[str, Any]) -> Json:
    """A page. Nodes are made of its orders alone."""
    orders, key = sorted_orders(shop, arguments)
    return page_of(orders, arguments, key=key, node=shop.node_of, reverse=bool(arguments.get("reverse")))


def _order(shop: FakeShopify, global_id: str) -> Json | None:
    order = shop.orders.get(number_of(global_id))
    return shop.node_of(order) if order and order in visible_orders(shop) else None


def _refund(shop: FakeShopify, global_id: str) -> Json | None:
    wanted = number_of(global_id)
    return next(
        (
            refund_node(order, refund) | {"order": shop.node_of(order)}
            for order in visible_orders(shop)
            for refund in order.refunds
            if refund.id == wanted
        ),
        None,
    )


def _count(shop: FakeShopify, query: str | None, limit: int | None) -> Json:
    found = len(found_orders(shop, query))
    is_exact = limit is None or found <= limit
    return {"count": found if is_exact else limit, "precision": "EXACT" if is_exact else "AT_LEAST"}


def _installation(shop: FakeShopify) -> Json:
    scopes = [{"handle": each, "description": each} for each in shop.grant.granted]
    return {"__typename": "AppInstallation", "id": gid("AppInstallation", 1), "accessScopes": scopes}


def _subscription(shop: FakeShopify, global_id: str) -> Json | None:
    found = shop.hooks.all.get(number_of(global_id))
    return found.node() if found else None


def _subscriptions(shop: FakeShopify, arguments: Mapping[str, Any]) -> list[Json]:
    nodes = [each.node() for each in list(shop.hooks.all.values())]
    topics, uri = arguments.get("topics"), arguments.get("uri")
    return [each for each in nodes if (not topics or each["topic"] in topics) and (not uri or each["uri"] == uri)]


def _item(shop: FakeShopify, global_id: str) -> Json | None:
    wanted = number_of(global_id)
    return next((shop.stock.item_node(each) for each in STOCKED if each.inventory_item_id == wanted), None)


def _level(shop: FakeShopify, global_id: str) -> Json | None:
    nodes = (shop.stock.level_node(each) for each in STOCKED)
    return next((node for node in nodes if node["id"] == global_id), None)
