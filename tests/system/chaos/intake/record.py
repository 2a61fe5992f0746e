"""What a fake shop contains at the end of a schedule, in one form for all platforms."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A webhook that a shop sent, and the status that it was answered."""

    topic: str
    body: bytes
    status: int
    # Of Shopify: the same body may belong to several events.
    event: str = ""


@dataclass(frozen=True, kw_only=True)
class ShopRecord:
    """What a shop contains at the end: its orders and their refunds as JSON, how often each was edited; and all webhooks
    that it sent.
    """

    orders: list[dict[str, Any]]
    refunds: dict[str, list[dict[str, Any]]]
    edits: dict[str, int]
    posted: list[Posted]
    # What is to be invoiced for the orders that say so themselves.
    owed: dict[str, Decimal] = field(default_factory=dict)
