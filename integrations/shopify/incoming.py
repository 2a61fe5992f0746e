"""Reads the requests that Shopify sends as webhooks. All shops have one address and the secret of the app.

The header names the shop and is not signed. Where the body names its shop as well, a webhook for another one is kept as an
orphan; so is that of a shop that is not connected.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from integrations.shopify import NAME, app
from integrations.shopify.signing import is_shop
from integrations.webhooks.signatures import is_signed
from integrations.webhooks.types import Destination, Incoming, Refusal, Request, digest_of

_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*([0-9]{1,20})\s*[,}]')
_ORDER_ID = re.compile(rb'"order_id"\s*:\s*([0-9]{1,20})\s*[,}]')
_ITEM_ID = re.compile(rb'"inventory_item_id"\s*:\s*([0-9]{1,20})\s*[,}]')
# The beginning of the subject, and where the body has the number, by topic.
_SUBJECTS = {
    **dict.fromkeys(
        ("orders/create", "orders/updated", "orders/cancelled", "orders/delete"), ("order", _ID.match)
    ),
    **dict.fromkeys(("orders/edited", "refunds/create"), ("order", _ORDER_ID.search)),
    "inventory_levels/update": ("inventory", _ITEM_ID.search),
}  # fmt: skip
# These bodies name the shop that they are about.
_OWN_SHOP = ("app/uninstalled", "shop/update", "customers/data_request", "customers/redact", "shop/redact")
_SHOP_NAME = re.compile(rb'"(?:myshopify_domain|shop_domain)"\s*:\s*"([^"\\]{1,100})"')


def locate(address: str, request: Request) -> str:
    """The domain of the shop that the request names; empty where it names none."""
    domain = request.text(b"x-shopify-shop-domain", 255).lower()
    return domain if is_shop(domain) else ""


def read(request: Request, destination: Destination | None) -> Incoming | Refusal:
    """The webhook to store, or why it is none."""
    signature = request.header(b"x-shopify-hmac-sha256")
    if not request.body or not is_signed(request.body, signature, app.secrets()):
        return Refusal.BAD_SIGNATURE
    topic = request.text(b"x-shopify-topic", 60)
    is_for_shop = destination is not None and _is_of(locate("", request), topic, request.body)
    return Incoming(
        store_id=destination.store_id if destination and is_for_shop else None, platform=NAME, topic=topic,
        body=request.body, digest=_digest(request, topic), subject=_subject(topic, request.body),
        event_id=request.text(b"x-shopify-event-id", 100), triggered_at=_triggered_at(request),
    )  # fmt: skip


def _digest(request: Request, topic: str) -> bytes:
    """What makes it one row. A repeated webhook has the same two ids and its first body."""
    event, webhook = (request.text(name, 100) for name in (b"x-shopify-event-id", b"x-shopify-webhook-id"))
    if not event:
        return digest_of(topic, request.body)
    return hashlib.sha256("\0".join(("event", event, topic, webhook)).encode()).digest()


def _subject(topic: str, body: bytes) -> str:
    kind, find = _SUBJECTS.get(topic, ("", None))
    found = find(body) if find else None
    return f"{kind}:{int(found[1])}" if found else ""


def _is_of(domain: str, topic: str, body: bytes) -> bool:
    found = _SHOP_NAME.search(body) if topic in _OWN_SHOP else None
    return found is None or found[1].decode("utf-8", "replace").lower() == domain


def _triggered_at(request: Request) -> datetime | None:
    try:
        found = datetime.fromisoformat(request.text(b"x-shopify-triggered-at", 40))
    except ValueError:
        return None
    return found if found.tzinfo and 2000 < found.year < 3000 else None
