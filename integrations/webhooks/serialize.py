"""Deliveries as JSON."""

from __future__ import annotations

from typing import Any

from integrations.webhooks.models import Delivery
from integrations.webhooks.sealing import open_sealed
from runtime.formats import iso

MOST_BODY_CHARACTERS = 200_000


def present_delivery(delivery: Delivery) -> dict[str, Any]:
    """A delivery of a list."""
    return {
        "id": delivery.pk, "topic": delivery.topic, "state": delivery.state, "rule": delivery.rule or None,
        "message": delivery.message, "received_at": iso(delivery.received_at), "attempts": delivery.attempts,
        "duplicates": delivery.duplicates, "order": _order_of(delivery) or None, "size": delivery.size,
        "next_at": iso(delivery.next_at) if delivery.state == "new" else None,
    }  # fmt: skip


def _order_of(delivery: Delivery) -> str:
    """The id of the order; before the delivery is applied, as its subject names it."""
    resource, _, external_id = delivery.subject.partition(":")
    return delivery.order or (external_id if resource == "order" else "")


def present_with_body(delivery: Delivery) -> dict[str, Any]:
    """A delivery with what was sent, as text; bytes outside UTF-8 are replaced. Raises `Undecipherable`."""
    body = open_sealed(bytes(delivery.body), store_id=delivery.store_id, digest=bytes(delivery.digest))
    return present_delivery(delivery) | {"body": body.decode("utf-8", "replace")[:MOST_BODY_CHARACTERS]}
