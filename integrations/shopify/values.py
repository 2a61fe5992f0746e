"""Single values of Shopify's JSON: money in two currencies, of which only the shop's counts, and texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from orders.reading import amount

Json = Mapping[str, Any]


def shop_money(record: Json, name: str, currency: str) -> Decimal:
    """`name` in the money of the shop: from the set of both currencies, or else the plain field."""
    both = record.get(f"{name}_set") or {}
    return amount((both.get("shop_money") or {}).get("amount", record.get(name)), currency)


def moment(value: object) -> datetime | None:
    """A time, which has an offset, in UTC: webhooks have the zone of the shop. None where there is none."""
    return datetime.fromisoformat(str(value)).astimezone(UTC) if value else None
