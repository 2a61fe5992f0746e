"""Rates and VAT of WooCommerce's lines: only the nets of the lines and the order's `tax_lines` add up to its total.

The taxes that single lines name are rounded on their own. They count only where a tax is on lines with different others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.woocommerce.values import Json
from invoices import money
from invoices.documents.types import ZERO
from orders.reading import amount, number

TaxIds = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TaxRate:
    """One tax of the shop. A compound tax is on the net with all other taxes."""

    rate: Decimal
    is_compound: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxedLine:
    """The taxes of one line: their ids, its net, and the tax as the line has it."""

    ids: TaxIds
    net: Decimal
    tax: Decimal


def read_rates(*records: Json) -> dict[int, TaxRate]:
    """The rates that the tax lines of these orders and refunds name. Old shops name none."""
    return {
        int(each["rate_id"]): TaxRate(number(each["rate_percent"]) / 100, bool(each.get("compound")))
        for record in records
        for each in record.get("tax_lines") or []
        if each.get("rate_percent") is not None
    }


def read_totals(record: Json, currency: str) -> dict[int, Decimal]:
    """The tax of each id in the whole order or refund, that on shipping included."""
    found: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for each in record.get("tax_lines") or []:
        for field in ("tax_total", "shipping_tax_total"):
            found[int(each["rate_id"])] += amount(each.get(field), currency)
    return dict(found)


def read_taxes(line: Json) -> dict[int, Decimal]:
    """The taxes of one line, unrounded. A tax without a total does not apply to it."""
    return {
        int(each["id"]): number(each["total"]) for each in line.get("taxes") or [] if each["total"] not in (None, "")
    }


def combined_rate(ids: TaxIds, rates: Mapping[int, TaxRate]) -> Decimal | None:
    """The rate of a line with all taxes of `ids`, such as 0.14975 for 5 and 9.975 %; None where one is not known."""
    if any(each not in rates for each in ids):
        return None
    simple = sum((rates[each].rate for each in ids if not rates[each].is_compound), Decimal(0))
    factor = 1 + simple
    for each in ids:
        factor *= 1 + (rates[each].rate if rates[each].is_compound else 0)
    return (factor - 1).quantize(money.RATE_UNIT)


def vat_by_taxes(lines: Sequence[TaxedLine], totals: Mapping[int, Decimal]) -> dict[TaxIds, Decimal]:
    """The VAT of all lines with the same taxes.

    Where a tax stands on lines with different others, the lines' own taxes count, and the difference to the tax lines is
    on the set of taxes with the largest net.
    """
    found: dict[TaxIds, Decimal] = {}
    nets: defaultdict[TaxIds, Decimal] = defaultdict(lambda: ZERO)
    own: defaultdict[TaxIds, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        nets[line.ids] += line.net
        own[line.ids] += line.tax
    for sets in _overlapping(list(nets)):
        given = {ids: money.quantize(own[ids]) for ids in sets}
        taxes = {each for ids in sets for each in ids}
        if taxes <= set(totals):
            difference = sum((totals[each] for each in taxes), ZERO) - sum(given.values(), ZERO)
            given[max(sets, key=lambda ids: (abs(nets[ids]), ids))] += difference
        found |= given
    return found


def _overlapping(sets: list[TaxIds]) -> list[list[TaxIds]]:
    """`sets` in groups: two with a common tax are in the same group."""
    groups: list[list[TaxIds]] = []
    for ids in sets:
        touched = [group for group in groups if any(set(ids) & set(other) for other in group)]
        groups = [group for group in groups if group not in touched]
        groups.append([ids, *(each for group in touched for each in group)])
    return groups
