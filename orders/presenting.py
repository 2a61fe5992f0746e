"""Orders as JSON for pages, the API and live frames. The buyer is not part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from orders.models import AMOUNTS, Order
from runtime.formats import iso

Line = dict[str, Any]


def present_order(order: Order, documents: Sequence[Line]) -> dict[str, Any]:
    """An order with its account, its documents and its lines."""
    return {
        "external_id": order.external_id, "number": order.number, "state": order.state,
        "invoice_state": order.invoice_state, "rule": order.rule or None, "message": order.message,
        "placed_at": iso(order.placed_at), "currency": order.currency, "total": money_text(order.total),
        "account": present_account({name: getattr(order, name) for name in AMOUNTS}), "documents": list(documents),
        "lines": [_present_line(line) for line in order.content.get("lines", [])],
    }  # fmt: skip


def present_account(amounts: Mapping[str, Any]) -> dict[str, str]:
    """The amounts of an account with `worth` and `difference`, which is zero unless a row was changed by hand."""
    worth = amounts["total"] + amounts["redeemed"] - amounts["refunded"]
    known = ("vouchers", "tips", "rounding", "waiting", "set_aside", "quarantined")
    settled = amounts["invoiced"] - amounts["credited"] + sum((amounts[name] for name in known), Decimal(0))
    texts = {name: money_text(amounts[name]) for name in AMOUNTS}
    return texts | {"worth": money_text(worth), "difference": money_text(worth - settled)}


def _present_line(line: Mapping[str, str]) -> Line:
    plain = {name: line.get(name, "") for name in ("description", "kind", "product_code")}
    numbers = {name: f"{Decimal(line[name]).normalize():f}" for name in ("quantity", "vat_rate")}
    return plain | numbers | {"net": money_text(Decimal(line["net"]))}


def money_text(amount: Decimal) -> str:
    """Two decimals, or as many as the amount has."""
    whole, _, part = f"{amount:.4f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"
