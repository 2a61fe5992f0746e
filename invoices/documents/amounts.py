"""The sums of a document with net prices: nets of lines, VAT per rate and category, totals. Arithmetic only.

The VAT of a group is what the sender has given, or net x rate, half up (EN 16931, BR-CO-17).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, Decimal

from invoices import money
from invoices.documents.types import ZERO, Document, GivenVat, Line, VatGroup, short_category
from runtime.currencies import unit_of

MOST_OFF = Decimal("1.00")
# What is printed where the sender gives no reason for a category that needs one. An exemption (E) always needs its own.
REASONS = {
    "AE": "Reverse charge",
    "K": "Intra-community supply",
    "G": "Export outside the EU",
    "O": "Not subject to VAT",
}
GroupKey = tuple[Decimal, str]


@dataclass(frozen=True, slots=True)
class Amounts:
    """The sums of a document: `nets` of its lines, `groups` by VAT rate (lowest first), and the totals."""

    nets: tuple[Decimal, ...]
    groups: tuple[VatGroup, ...]
    subtotal: Decimal
    vat_amount: Decimal

    @property
    def total_amount(self) -> Decimal:
        return self.subtotal + self.vat_amount

    @property
    def vat_rate(self) -> Decimal | None:
        """The rate of all groups; None where there are several."""
        rates = {group.rate for group in self.groups}
        return rates.pop() if len(rates) == 1 else None


@dataclass(slots=True)
class _Sum:
    net: Decimal = ZERO
    roundings: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, amount: Decimal, roundings: int, reason: str = "") -> None:
        self.net += amount
        self.roundings += roundings
        if reason and reason not in self.reasons:
            self.reasons.append(reason)


def amounts_of(document: Document) -> Amounts:
    """The sums of `document`, whose prices are net."""
    nets = tuple([line.net for line in document.lines])
    groups = tuple(_groups(document, nets))
    subtotal, vat = ZERO, ZERO
    for group in groups:
        subtotal += group.net
        vat += group.vat
    return Amounts(nets, groups, subtotal, vat)


def vat_bound(rate: Decimal, roundings: int, unit: Decimal = money.CENT) -> Decimal:
    """How far the VAT of a group may be from net x rate (DESIGN of documents: VAT as given), at most 1.00.

    Each of `roundings` gross amounts was rounded by at most half a `unit`, and the VAT itself by another half. BR-CO-17
    of the official rules tolerates 1.00.
    """
    half = unit / 2
    return min(roundings * half * (1 + rate) + half, MOST_OFF)


def calculated_vat(net: Decimal, rate: Decimal, unit: Decimal = money.CENT) -> Decimal:
    """net x rate in whole units, half up."""
    return money.round_to(net * rate, unit)


def vat_of_gross(gross: Decimal, rate: Decimal, unit: Decimal = money.CENT) -> Decimal:
    """The VAT that is in a gross amount, in whole units, half up."""
    return money.round_to(gross * rate / (1 + rate), unit)


def is_within_bound(group: VatGroup, unit: Decimal = money.CENT) -> bool:
    """Whether the VAT of `group` is near enough to net x rate; at rate 0 it is exactly zero."""
    if not group.rate:
        return not group.vat
    off = abs(group.vat - calculated_vat(group.net, group.rate, unit))
    return off <= vat_bound(group.rate, group.roundings, unit)


def roundings_of(line: Line) -> int:
    """How often a shop may have rounded the amount of `line`: once per piece sold, at least once."""
    return max(1, int(abs(line.quantity).to_integral_value(ROUND_CEILING)))


def with_vat(document: Document, groups: tuple[VatGroup, ...]) -> Document:
    """`document` with the VAT of `groups`, as far as it is not what their nets come to."""
    unit = unit_of(document.currency)
    given = tuple(
        GivenVat(rate=group.rate, amount=group.vat, vat_category=short_category(group.rate, group.category))
        for group in groups
        if group.vat != calculated_vat(group.net, group.rate, unit)
    )
    return document if given == document.vat else replace(document, vat=given)


def with_total(document: Document, amounts: Amounts, total: Decimal) -> Amounts | None:
    """The amounts with the total that the sender has, where the bounds of the VAT allow it; None where they do not.

    A total without VAT amounts leaves open which rate the difference belongs to: the largest group takes what it can.
    """
    unit, left = unit_of(document.currency), total - amounts.total_amount
    groups = list(amounts.groups)
    for group in sorted(amounts.groups, key=lambda group: group.net, reverse=True):
        room = vat_bound(group.rate, group.roundings, unit) // unit * unit if group.rate else ZERO
        step = max(-room, min(room, left))
        groups[groups.index(group)] = replace(group, vat=money.quantize(group.vat + step))
        left -= step
    if left or left % unit:
        return None
    return Amounts(amounts.nets, tuple(groups), amounts.subtotal, total - amounts.subtotal)


def _groups(document: Document, nets: tuple[Decimal, ...]) -> Iterator[VatGroup]:
    sums: dict[GroupKey, _Sum] = {}
    for line, net in zip(document.lines, nets, strict=True):
        key = (line.vat_rate, line.category)
        found = sums.get(key)
        if found is None:
            found = sums[key] = _Sum()
        found.add(net, roundings_of(line), line.exemption_reason)
    for sign, several in ((-1, document.allowances), (1, document.charges)):
        for each in several:
            sums.setdefault((each.vat_rate, each.category), _Sum()).add(sign * each.amount, 1)
    given = {(each.rate, each.category): each.amount for each in document.vat}
    unit = unit_of(document.currency)
    for (rate, category), one in sorted(sums.items()):
        vat = given.get((rate, category))
        yield VatGroup(
            rate=rate,
            category=category,
            net=one.net,
            vat=calculated_vat(one.net, rate, unit) if vat is None else vat,
            roundings=one.roundings,
            reason="; ".join(one.reasons) or REASONS.get(category, ""),
        )
