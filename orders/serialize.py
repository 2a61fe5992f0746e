"""A snapshot as JSON: the same snapshot is always the same JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from orders.snapshot import OrderSnapshot


def content(order: OrderSnapshot) -> dict[str, Any]:
    """All that the shop reported, amounts as text and times in ISO 8601."""
    found: dict[str, Any] = _plain(asdict(order))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value
