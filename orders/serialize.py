"""Orders as JSON: the snapshot as it is kept, always the same for the same snapshot, and the order as the API answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from invoices.money import CENT
from orders.models import AMOUNTS, Order
from orders.snapshot import OrderSnapshot
from orders.types import Account
from runtime.formats import iso

_LINE = ("kind", "description", "quantity", "net", "vat_rate", "product_code")


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


def present_order(order: Order, documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The order with its account and documents; it names no buyer."""
    return {
        "external_id": order.external_id, "number": order.number, "state": order.state,
        "invoice_state": order.invoice_state, "rule": order.rule or None, "message": order.message,
        "placed_at": iso(order.placed_at), "currency": order.currency, "total": _money(order.total),
        "account": present_account({name: getattr(order, name) for name in AMOUNTS}),
        "documents": [{**each, "total_amount": _money(each["total_amount"])} for each in documents],
        "lines": [{name: line.get(name, "") for name in _LINE} for line in order.content.get("lines", [])],
    }  # fmt: skip


def present_account(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    """An account with its worth and its difference, which is always 0.00."""
    account = Account(**amounts)
    shown = {**amounts, "worth": account.worth, "difference": account.difference}
    return {name: _money(amount) for name, amount in shown.items()}


def _money(amount: Decimal) -> str:
    """With two decimals, or with more where the currency has more."""
    exact = amount.normalize()
    return f"{exact if exact == amount and int(exact.as_tuple().exponent) < -2 else amount.quantize(CENT) + 0:f}"
