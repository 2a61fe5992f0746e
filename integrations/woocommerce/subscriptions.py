"""The webhooks of a shop that lead to us: made where they are missing, switched on where they are off, and
removed in the end.

WooCommerce switches a webhook off after a few failed deliveries in a row without a notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from integrations.syncing.errors import ShopBusy
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.values import Json

TOPICS = ("order.created", "order.updated", "order.deleted", "order.restored", "product.updated")
ACTIVE = "active"


def ensure_webhooks(
    connection: ShopConnection, client: ShopClient, *, renew_secret: bool = False
) -> tuple[list[dict[str, str]], int]:
    """The webhooks as they are now, `[{"topic", "state"}]`, and how many were made or switched on. Raises `ShopError`.

    `renew_secret` gives all of them the present secret.
    """
    ours = {str(each.get("topic")): each for each in _read(client) if each.get("delivery_url") == url_of(connection)}
    changed_count = 0
    states = []
    for topic in TOPICS:
        found, is_changed = _ensure(connection, client, topic, ours.get(topic), renew_secret)
        changed_count += is_changed
        states.append({"topic": topic, "state": str(found.get("status", ""))})
    return states, changed_count


def remove_webhooks(connection: ShopConnection, client: ShopClient) -> int:
    """Delete the webhooks that lead to us; returns how many there were. Raises `ShopError`."""
    ours = [each["id"] for each in _read(client) if each.get("delivery_url") == url_of(connection)]
    if ours:
        client.post("/webhooks/batch", {"delete": ours})
    return len(ours)


def url_of(connection: ShopConnection) -> str:
    """The address that the shop sends its webhooks to."""
    return f"{settings.PUBLIC_URL}/in/woocommerce/{connection.intake_key}/"


def _ensure(
    connection: ShopConnection, client: ShopClient, topic: str, found: Json | None, renew_secret: bool
) -> tuple[Json, bool]:
    secret = connection.webhook_secrets[0]
    if found is None:
        body = {
            "name": f"invoicedash {topic}", "topic": topic, "delivery_url": url_of(connection), "secret": secret,
            "status": ACTIVE,
        }  # fmt: skip
        return client.post("/webhooks", body), True
    if found.get("status") != ACTIVE or renew_secret:
        return client.put(f"/webhooks/{found['id']}", {"status": ACTIVE, "secret": secret}), True
    return found, False


def _read(client: ShopClient) -> Sequence[Json]:
    found: list[Any] = []
    page = 1
    while True:
        more = client.get("/webhooks", per_page=100, page=page, status="all")
        if not isinstance(more, list):
            raise ShopBusy("The shop sent no list of webhooks.")
        found += more
        if len(more) < 100:
            return [each for each in found if isinstance(each, dict)]
        page += 1
