"""Gross prices made net, so that the customer pays what the shelf says. Arithmetic only.

VAT = round(gross x rate / (1 + rate)) per rate and category, net = gross - VAT; lines, allowances and charges get the net
of their group by largest remainder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from invoices import money
from invoices.documents.amounts import GroupKey, vat_of_gross
from invoices.documents.types import ZERO, Allowance, Document, GivenVat, Line, LineAllowance, short_category
from runtime.currencies import unit_of

PRICE_UNIT = Decimal("0.000001")


@dataclass(slots=True)
class _Part:
    """One gross amount of a group, below zero where it is taken off; `net` is found for the whole group."""

    gross: Decimal
    net: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a document, arranged as it is."""

    lines: list[tuple[_Part, list[_Part]]]
    allowances: list[_Part]
    charges: list[_Part]
    groups: dict[GroupKey, list[_Part]]


def gross_of(document: Document) -> dict[GroupKey, Decimal]:
    """What the customer pays in each group of a document with gross prices."""
    parts = _take_apart(document)
    return {key: sum((part.gross for part in group), ZERO) for key, group in parts.groups.items()}


def settle(document: Document) -> Document:
    """The same document with net prices and the VAT that its gross prices contain. Net prices stay as they are."""
    if not document.prices_include_vat:
        return document
    parts, unit = _take_apart(document), unit_of(document.currency)
    given = {(each.rate, each.category): each.amount for each in document.vat}
    vat = tuple(_share_out(parts, given, unit))
    return replace(
        document,
        prices_include_vat=False,
        vat=vat,
        lines=tuple(_line(line, *found) for line, found in zip(document.lines, parts.lines, strict=True)),
        allowances=tuple(_adjusted(document.allowances, parts.allowances)),
        charges=tuple(_adjusted(document.charges, parts.charges)),
    )


def _take_apart(document: Document) -> _Parts:
    unit = unit_of(document.currency)
    groups: defaultdict[GroupKey, list[_Part]] = defaultdict(list)

    def part(key: GroupKey, amount: Decimal) -> _Part:
        made = _Part(amount)
        groups[key].append(made)
        return made

    lines = []
    for line in document.lines:
        key = (line.vat_rate, line.category)
        product = part(key, money.round_to(line.quantity * line.unit_price, unit))
        lines.append((product, [part(key, -each.amount) for each in line.allowances]))
    allowances = [part((each.vat_rate, each.category), -each.amount) for each in document.allowances]
    charges = [part((each.vat_rate, each.category), each.amount) for each in document.charges]
    return _Parts(lines, allowances, charges, groups)


def _share_out(parts: _Parts, given: dict[GroupKey, Decimal], unit: Decimal) -> Iterator[GivenVat]:
    """Give each part its net; yields the VAT of each group."""
    for (rate, category), group in sorted(parts.groups.items(), key=lambda item: item[0]):
        gross = sum((part.gross for part in group), ZERO)
        vat = given.get((rate, category))
        vat = vat_of_gross(gross, rate, unit) if vat is None else vat
        nets = money.split(gross - vat, [part.gross / (1 + rate) for part in group], unit)
        for part, net in zip(group, nets, strict=True):
            part.net = net
        yield GivenVat(rate=rate, amount=vat, vat_category=short_category(rate, category))


def _line(line: Line, product: _Part, taken_off: list[_Part]) -> Line:
    allowances = tuple(
        LineAllowance(amount=-part.net, reason=each.reason)
        for part, each in zip(taken_off, line.allowances, strict=True)
    )
    return replace(priced(line, product.net), allowances=allowances)


def priced(line: Line, net: Decimal) -> Line:
    """The line with the unit price that comes to `net`; as one piece where six decimals do not."""
    if line.quantity:
        price = (net / line.quantity).quantize(PRICE_UNIT, rounding=ROUND_HALF_UP)
        if price >= 0 and money.quantize(line.quantity * price) == net:
            return replace(line, unit_price=price)
    elif not net:
        return replace(line, unit_price=(line.unit_price / (1 + line.vat_rate)).quantize(PRICE_UNIT))
    quantity = Decimal(-1 if net < 0 else 1)
    description = f"{abs(line.quantity).normalize():f} x {line.description}"
    return replace(line, quantity=quantity, unit_price=abs(net), description=description)


def _adjusted(given: tuple[Allowance, ...], parts: list[_Part]) -> Iterator[Allowance]:
    for each, part in zip(given, parts, strict=True):
        if part.net:
            yield replace(each, amount=abs(part.net))
