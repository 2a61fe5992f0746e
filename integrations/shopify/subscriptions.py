"""The webhooks of a shop that lead to us: made where they are missing, and removed in the end.

Shopify deletes the subscription of an address that refused eight attempts in four hours.
"""

from __future__ import annotations

from django.conf import settings

from integrations.shopify.client import GraphClient
from integrations.shopify.documents import SUBSCRIBE, SUBSCRIPTIONS, UNSUBSCRIBE
from integrations.shopify.values import Json
from integrations.syncing.errors import ShopError

# The three compliance topics are set for the app, not by it.
TOPICS = (
    "orders/create", "orders/updated", "orders/edited", "orders/cancelled", "orders/delete", "refunds/create",
    "inventory_levels/update", "carts/create", "app/uninstalled", "shop/update", "bulk_operations/finish",
)  # fmt: skip


def ensure_webhooks(client: GraphClient) -> tuple[list[dict[str, str]], int]:
    """The webhooks as they are now, `[{"topic", "state"}]`, and how many were made. Raises `ShopError`.

    One that the shop does not make is `refused`: it takes no address that it cannot reach by https.
    """
    present = {node["topic"] for node in _read(client)}
    states, made_count = [], 0
    for topic in TOPICS:
        is_made = _name(topic) not in present and _make(client, topic)
        made_count += is_made
        states.append({"topic": topic, "state": "active" if is_made or _name(topic) in present else "refused"})
    return states, made_count


def remove_webhooks(client: GraphClient) -> int:
    """Delete the webhooks that lead to us; returns how many there were. Raises `ShopError`."""
    ours = [node["id"] for node in _read(client)]
    for name in ours:
        client.ask(UNSUBSCRIBE, id=name)
    return len(ours)


def address() -> str:
    """The address that all shops send their webhooks to."""
    return f"{settings.PUBLIC_URL}/in/shopify/"


def _read(client: GraphClient) -> list[Json]:
    pages = client.pages(SUBSCRIPTIONS, "webhookSubscriptions")
    return [node for page in pages for node in page["nodes"] if node["uri"] == address()]


def _make(client: GraphClient, topic: str) -> bool:
    answer = client.ask(SUBSCRIBE, topic=_name(topic), uri=address())["webhookSubscriptionCreate"]
    if not isinstance(answer, dict):
        raise ShopError("The shop does not say whether it made a webhook.")
    return not answer["userErrors"]


def _name(topic: str) -> str:
    """The topic as GraphQL has it."""
    return topic.upper().replace("/", "_")
