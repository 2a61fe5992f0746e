"""The journal as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from exports.files.csv import to_csv
from exports.files.style import BOM, Safe, Style
from exports.journal.read import Item, Month
from invoices import money, serialize

NAMES = ("day", "country", "currency", "vat_rate", "vat_category", "documents", "net", "vat", "total")


def to_json(month: Month, zone: str, items: Iterable[Item]) -> dict[str, Any]:
    """The answer of the API: money has two decimals in every currency."""
    return {"month": str(month), "timezone": zone, "items": [_json_item(item) for item in items]}


def to_file(items: Iterable[Item], style: Style) -> bytes:
    """The journal as CSV: money has the decimals of its currency."""
    rows = [NAMES, *(_row(item) for item in items)]
    return (BOM.encode() if style.bom else b"") + to_csv(rows, style)


def _json_item(item: Item) -> dict[str, Any]:
    return {
        "day": item.day.isoformat(), "country": item.country, "currency": item.currency,
        "vat_rate": serialize.rate(item.rate), "vat_category": item.category, "documents": item.documents,
        "net": money.text(item.net), "vat": money.text(item.vat), "total": money.text(item.total),
    }  # fmt: skip


def _row(item: Item) -> list[Any]:
    amounts = (Safe(money.printed(amount, item.currency)) for amount in (item.net, item.vat, item.total))
    rate = Safe(serialize.rate(item.rate) or "")
    return [item.day, item.country, Safe(item.currency), rate, Safe(item.category), Safe(item.documents), *amounts]
