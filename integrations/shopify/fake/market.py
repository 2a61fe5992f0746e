"""Where a fake shop sells: its currency, its taxes, and what a buyer with another currency sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
Json = dict[str, Any]


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Tax:
    title: str
    rate: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Market:
    """`taxes` are those of each class of goods. `shown_currency`: the buyer's, at `shown_rate` for one unit of the shop's."""

    currency: str
    country: str
    timezone: str
    utc_offset_hours: int
    includes_taxes: bool
    taxes: Mapping[str, tuple[Tax, ...]] = field(hash=False)
    shown_currency: str = ""
    shown_rate: Decimal = Decimal(1)

    def shown(self, amount: Decimal) -> Decimal:
        """What the buyer sees for an amount of the shop."""
        return cents(amount * self.shown_rate) if self.shown_currency else amount

    def money(self, amount: Decimal) -> Json:
        """An amount in both currencies, as webhooks and the REST API have it."""
        return {
            "shop_money": {"amount": f"{amount:.2f}", "currency_code": self.currency},
            "presentment_money": {
                "amount": f"{self.shown(amount):.2f}", "currency_code": self.shown_currency or self.currency,
            },
        }  # fmt: skip

    def bag(self, amount: Decimal) -> Json:
        """An amount in both currencies, as GraphQL has it: with no more decimals than needed, but one at least."""
        return {
            "shopMoney": {"amount": _short(amount), "currencyCode": self.currency},
            "presentmentMoney": {
                "amount": _short(self.shown(amount)), "currencyCode": self.shown_currency or self.currency,
            },
        }  # fmt: skip

    def taxes_of(self, paid: Decimal, tax_class: str) -> list[tuple[Tax, Decimal]]:
        """The taxes of a line, each rounded by itself. `paid` includes them where prices do."""
        taxes = self.taxes.get(tax_class, ())
        whole = 1 + sum(tax.rate for tax in taxes) if self.includes_taxes else Decimal(1)
        return [(tax, cents(paid * tax.rate / whole)) for tax in taxes]


def _short(amount: Decimal) -> str:
    text = f"{amount:.2f}"
    return text.removesuffix("0")


STANDARD, REDUCED, UNTAXED = "standard", "reduced", "untaxed"
GERMANY = Market(
    currency="EUR", country="DE", timezone="Europe/Berlin", utc_offset_hours=1, includes_taxes=True,
    taxes={STANDARD: (Tax("VAT 19%", Decimal("0.19")),), REDUCED: (Tax("VAT 7%", Decimal("0.07")),)},
)  # fmt: skip
_QUEBEC = (Tax("GST", Decimal("0.05")), Tax("QST", Decimal("0.09975")))
QUEBEC = Market(
    currency="CAD", country="CA", timezone="America/Toronto", utc_offset_hours=-5, includes_taxes=False,
    taxes={STANDARD: _QUEBEC, REDUCED: _QUEBEC},
)  # fmt: skip
