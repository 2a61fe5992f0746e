"""What the GraphQL API of a fake shop changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.shopify.fake.hooks import AddressTaken
from integrations.shopify.fake.market import Json
from integrations.shopify.fake.node_parts import number_of
from integrations.shopify.fake.queries import Resolver
from integrations.shopify.fake.shop import FakeShopify

NO_SUBSCRIPTION = {"field": ["id"], "message": "Webhook subscription does not exist"}
TAKEN = {"field": ["webhookSubscription", "callbackUrl"], "message": "Address for this topic has already been taken"}
NO_ADDRESS = {"field": ["webhookSubscription", "callbackUrl"], "message": "Address can't be blank"}
# Resources with underscores in their names, which a topic parts by a slash from the event.
_RESOURCES = ("inventory_levels", "bulk_operations")


def mutations(shop: FakeShopify) -> Mapping[str, Resolver]:
    """A function for each mutation."""
    return {
        "webhookSubscriptionCreate": lambda info, topic, webhookSubscription: _create(shop, topic, webhookSubscription),
        "webhookSubscriptionUpdate": lambda info, id, webhookSubscription: _update(shop, id, webhookSubscription),
        "webhookSubscriptionDelete": lambda info, id: _delete(shop, id),
        "bulkOperationRunQuery": lambda info, query, groupObjects: shop.bulk.run(query),
        "bulkOperationCancel": lambda info, id: shop.bulk.cancel(id),
    }


def topic_of(name: str) -> str:
    """`orders/create` of `ORDERS_CREATE`."""
    lower = name.lower()
    resource = next((each for each in _RESOURCES if lower.startswith(each)), lower.partition("_")[0])
    return f"{resource}/{lower.removeprefix(resource)[1:]}"


def _create(shop: FakeShopify, topic: str, wanted: Mapping[str, Any]) -> Json:
    uri = wanted.get("uri") or wanted.get("callbackUrl")
    if not uri:
        return {"webhookSubscription": None, "userErrors": [NO_ADDRESS]}
    try:
        made = shop.hooks.add(topic_of(topic), uri, name=wanted.get("name"))
    except AddressTaken:
        return {"webhookSubscription": None, "userErrors": [TAKEN]}
    return {"webhookSubscription": made.node(), "userErrors": []}


def _update(shop: FakeShopify, global_id: str, wanted: Mapping[str, Any]) -> Json:
    found = shop.hooks.all.get(number_of(global_id))
    if found is None:
        return {"webhookSubscription": None, "userErrors": [NO_SUBSCRIPTION]}
    found.uri = wanted.get("uri") or wanted.get("callbackUrl") or found.uri
    return {"webhookSubscription": found.node(), "userErrors": []}


def _delete(shop: FakeShopify, global_id: str) -> Json:
    if shop.hooks.all.pop(number_of(global_id), None) is None:
        return {"deletedWebhookSubscriptionId": None, "userErrors": [NO_SUBSCRIPTION]}
    return {"deletedWebhookSubscriptionId": global_id, "userErrors": []}
