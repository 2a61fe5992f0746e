"""Lines of a WooCommerce order or refund, with the VAT of each rate.

`total` of a line is its net after discounts. `subtotal`, `discount_total`, `coupon_lines` and `price` do not add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from integrations.woocommerce.taxes import (
    TaxedLine,
    TaxIds,
    TaxRate,
    combined_rate,
    read_taxes,
    read_totals,
    vat_by_taxes,
)
from integrations.woocommerce.values import Json, meta, text
from invoices.documents.types import ZERO, Category, GivenVat
from orders.reading import amount, number
from orders.snapshot import LineKind, OrderLine

# Plugins mark the lines of gift cards that are sold by meta data of these names.
_GIFT_CARD = ("wc_gc_giftcard", "pw_gift_card")
MOST_DESCRIPTION = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """All lines of an order or refund, as amounts of a sale. `net_and_vat` also counts VAT of rates that are not known."""

    lines: tuple[OrderLine, ...]
    vat: tuple[GivenVat, ...]
    vouchers: Decimal
    net_and_vat: Decimal
    unknown_taxes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Raw:
    kind: LineKind
    record: Json
    ids: TaxIds
    net: Decimal
    tax: Decimal


def read_lines(record: Json, rates: Mapping[int, TaxRate], currency: str, *, sign: int = 1) -> Lines:
    """The lines of `record`; `sign` is -1 for a refund, whose amounts are below zero."""
    raws = list(_raws(record, currency, sign))
    vouchers = [raw for raw in raws if _is_gift_card(raw)]
    goods = [raw for raw in raws if not _is_gift_card(raw)]
    totals = {each: sign * total for each, total in read_totals(record, currency).items()}
    taxed = [TaxedLine(ids=raw.ids, net=raw.net, tax=raw.tax) for raw in goods if raw.ids]
    vat = vat_by_taxes(taxed, totals)
    missing = {ids for ids in vat if combined_rate(ids, rates) is None}
    return Lines(
        lines=tuple(_line(raw, combined_rate(raw.ids, rates) or ZERO) for raw in goods),
        vat=_by_rate({ids: each for ids, each in vat.items() if ids not in missing}, rates),
        vouchers=sum((raw.net for raw in vouchers), ZERO),
        net_and_vat=sum((raw.net for raw in goods), ZERO) + sum(vat.values(), ZERO),
        unknown_taxes=tuple(sorted({each for ids in missing for each in ids if each not in rates})),
    )


def _raws(record: Json, currency: str, sign: int) -> Iterator[_Raw]:
    kinds = {"line_items": LineKind.ITEM, "shipping_lines": LineKind.SHIPPING, "fee_lines": LineKind.FEE}
    for name, kind in kinds.items():
        for line in record.get(name) or []:
            taxes = read_taxes(line)
            net = sign * amount(line["total"], currency)
            yield _Raw(kind, line, tuple(sorted(taxes)), net, sign * sum(taxes.values(), ZERO))


def _is_gift_card(raw: _Raw) -> bool:
    return raw.kind == LineKind.ITEM and not raw.ids and any(key.startswith(_GIFT_CARD) for key in meta(raw.record))


def _line(raw: _Raw, rate: Decimal) -> OrderLine:
    quantity = abs(number(raw.record.get("quantity", 1)))
    name = raw.record.get("method_title") if raw.kind == LineKind.SHIPPING else raw.record.get("name")
    return OrderLine(
        kind=raw.kind,
        description=text(name, MOST_DESCRIPTION) or raw.kind.capitalize(),
        product_code=text(raw.record.get("sku"), 100),
        quantity=quantity or Decimal(1),
        net=raw.net,
        vat_rate=rate,
        # A tax of 0 % is the shop's decision; a line without any tax is not.
        vat_category=Category.ZERO if raw.ids and not rate else "",
        tax_count=max(1, len(raw.ids)),
    )


def _by_rate(vat: Mapping[TaxIds, Decimal], rates: Mapping[int, TaxRate]) -> tuple[GivenVat, ...]:
    found: dict[Decimal, Decimal] = {}
    for ids, tax in vat.items():
        rate = combined_rate(ids, rates) or ZERO
        found[rate] = found.get(rate, ZERO) + tax
    return tuple(GivenVat(rate=rate, amount=tax) for rate, tax in sorted(found.items()))
