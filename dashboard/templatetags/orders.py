"""Writes orders and their accounts for the first content of a page, as `static/orders/` does afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template

from invoices.money import printed

register = template.Library()

MINUS, NO_AMOUNT = "\N{MINUS SIGN}", "\N{EN DASH}"
STATE_WORDS = {
    "waiting": "Waiting", "invoiced": "Invoiced", "restated": "Restated", "set_aside": "Set aside",
    "quarantined": "Quarantined",
}  # fmt: skip
# How an account is written: worth on one side, and where it is on the other. `static/orders/account.js` has the same.
TERMS = (
    ("total", "", "Total"), ("redeemed", "+", "Redeemed"), ("refunded", MINUS, "Refunded"), ("worth", "=", "Worth"),
    ("invoiced", "", "Invoiced"), ("credited", MINUS, "Credited"), ("vouchers", "+", "Gift cards sold"), ("tips", "+", "Tips"),
    ("rounding", "+", "Rounding"), ("waiting", "+", "Waiting"), ("set_aside", "+", "Set aside"),
    ("quarantined", "+", "Quarantined"),
)  # fmt: skip


@dataclass(frozen=True)
class Term:
    """One amount of an account. `is_zero` amounts are shown paler."""

    name: str
    sign: str
    label: str
    amount: str

    @property
    def is_zero(self) -> bool:
        return Decimal(self.amount) == 0


@register.filter
def money(amount: str | int | None, currency: str) -> str:
    """`1234.5` as `1,234.50`, or `1,234` in yen; a dash for no amount. A count stays a count."""
    if amount is None:
        return NO_AMOUNT
    if isinstance(amount, int):
        return f"{amount:,}"
    return f"{Decimal(printed(Decimal(amount), currency)):,}"


@register.filter
def order_number(number: str) -> str:
    """`#18` for `18`, and `#1001` for Shopify's `#1001`. `numberWords` in static/orders/order.js does the same."""
    return f"#{number.removeprefix('#')}"


@register.filter
def quantity(text: str) -> str:
    """A quantity without the zeros behind its decimals: `2` for `2.000000`."""
    return f"{Decimal(text).normalize():,f}"


@register.filter
def terms(account: dict[str, Any]) -> Iterator[Term]:
    """The amounts of an account in their order."""
    return (Term(name, sign, label, account[name]) for name, sign, label in TERMS)


@register.filter
def is_even(account: dict[str, Any]) -> bool:
    """Whether the difference of the account is zero."""
    return Decimal(account["difference"]) == 0


@register.filter
def invoice_state_word(state: str) -> str:
    """The word of a state of an order."""
    return STATE_WORDS[state]


@register.simple_tag
def empty_account(currency: str) -> dict[str, Any]:
    """The account of a store without orders."""
    return {
        "currency": currency,
        "orders": 0,
        "difference": "0.00",
        **dict.fromkeys((name for name, *_ in TERMS), "0.00"),
    }
