"""Reads the export of orders of Shopify: a row per line, amounts of the order on its first row.

Prices include VAT where subtotal and shipping alone come to the total. VAT is taken as the shop has it; a tax without a
rate in its name has the only rate that fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from imports.reading.countries import as_code
from imports.reading.options import Options
from imports.reading.shops import rates, states
from imports.reading.shops.refunds import credit_of
from imports.reading.tables import Credits, Row, Table
from imports.reading.values import read_decimal, read_time
from invoices import money
from invoices.documents.types import ZERO, Allowance, Contact, Document, GivenVat, Line, LineAllowance, Party
from quality.rules import Broken

KEY = "Name"
GUEST = "Guest"
_TAXES = [(f"Tax {place} Name", f"Tax {place} Value") for place in range(1, 6)]
_AMOUNTS = (
    "Subtotal", "Shipping", "Taxes", "Total", "Discount Amount", "Refunded Amount", "Duties", "Lineitem quantity",
    "Lineitem price", "Lineitem discount", *(value for _, value in _TAXES),
)  # fmt: skip
_PAID = frozenset({"paid", "partially_refunded", "refunded"})
_ENDED = frozenset({"voided", "expired"})


@dataclass(frozen=True, slots=True)
class _Order:
    """The amounts of an order. `shipping` is what is charged for it; `off` is taken off the whole order."""

    lines: list[tuple[Row, Decimal, Decimal, Decimal]]
    off: Decimal
    shipping: Decimal
    taxes: Decimal
    is_gross: bool


def parse(number: str, rows: Sequence[Row], options: Options) -> Document:
    """The invoice of an order; raises `Broken` or `BadValue`."""
    first = rows[0]
    _check_state(number, first, options)
    order = _order(number, rows)
    rate_of_line = _rates(order, first, options)
    taxes = _given_vat(order, rate_of_line, first)
    lines, off = _lines(order, rate_of_line), _taken_off(order, rate_of_line, first.get("Discount Code", ""))
    return Document(
        number=number.removeprefix("#"),
        issued_at=read_time("Created at", first.get("Paid at") or first["Created at"], options.zone),
        seller=Party(name=options.seller),
        buyer=_buyer(first),
        currency=first["Currency"] or options.currency,
        lines=lines,
        source=options.source,
        external_id=first.get("Id", ""),
        prices_include_vat=order.is_gross,
        allowances=off,
        vat=taxes,
    )


def _is_refunded(rows: Sequence[Row], options: Options) -> bool:
    return bool(rows[0].get("Refunded Amount", "").strip("0., "))


def _credit(number: str, rows: Sequence[Row], options: Options) -> Document:
    first = rows[0]
    refunded = read_decimal("Refunded Amount", first["Refunded Amount"])
    cancelled = first.get("Cancelled at", "")
    at = read_time("Cancelled at", cancelled, options.zone) if cancelled else None
    return credit_of(parse(number, rows, options), refunded, at)


TABLE = Table(
    key=KEY,
    signs=(frozenset({"Name", "Financial Status", "Lineitem name", "Lineitem quantity"}),),
    needed=(
        "Name", "Financial Status", "Currency", "Subtotal", "Total", "Created at", "Lineitem quantity", "Lineitem name",
        "Lineitem price",
    ),
    parse=parse,
    numbers=frozenset(_AMOUNTS),
    dates=frozenset({"Created at", "Paid at", "Cancelled at"}),
    credits=Credits(is_in=_is_refunded, parse=_credit),
    lacks=("seller",),
)  # fmt: skip


def _check_state(number: str, first: Row, options: Options) -> None:
    state = first["Financial Status"].strip().lower()
    is_cancelled = bool(first.get("Cancelled at")) and state not in _PAID
    state = "voided" if is_cancelled else state
    states.check_paid(number, state, paid=_PAID, ended=_ENDED, options=options)


def _order(number: str, rows: Sequence[Row]) -> _Order:
    first = rows[0]
    lines = [(row, *_line_amounts(row)) for row in rows]
    full = sum((money.quantize(quantity * price) for _, quantity, price, _ in lines), ZERO)
    subtotal, total, taxes = (_amount(first, name) for name in ("Subtotal", "Total", "Taxes"))
    of_lines = sum((off for _, _, _, off in lines), ZERO)
    off = full - subtotal - of_lines
    if off < 0:
        # The discounts of the lines are in the subtotal already.
        lines, off = [(row, quantity, price, ZERO) for row, quantity, price, _ in lines], full - subtotal
    for shipping in _shippings(first, full - subtotal):
        goods = subtotal + shipping + _amount(first, "Duties")
        if off >= 0 and total in (goods, goods + taxes):
            return _Order(lines, off, total - subtotal - (ZERO if total == goods else taxes), taxes, total == goods)
    raise Broken(
        "sums-differ",
        f"{number}: {full} of lines, a subtotal of {subtotal}, shipping and {taxes} of taxes do not come to {total}; "
        "correct one of them.",
    )


def _line_amounts(row: Row) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, price and discount."""
    return _amount(row, "Lineitem quantity"), _amount(row, "Lineitem price"), _amount(row, "Lineitem discount")


def _shippings(first: Row, taken_off: Decimal) -> tuple[Decimal, ...]:
    """The charge for shipping; less the discount that the goods do not have, which is on shipping."""
    shipping, discount = _amount(first, "Shipping"), _amount(first, "Discount Amount")
    return (
        (shipping, shipping - (discount - taken_off)) if taken_off < discount <= shipping + taken_off else (shipping,)
    )


def _rates(order: _Order, first: Row, options: Options) -> list[Decimal]:
    """The rate of each line, and last that of shipping."""
    count = len(order.lines) + 1
    if not order.taxes:
        return [Decimal(0)] * count
    amounts = [*_shares(order), order.shipping]
    is_taxed = [row.get("Lineitem taxable", "").strip().lower() != "false" for row, *_ in order.lines]
    taxes = _named_taxes(first) or {_only_rate(order, amounts, is_taxed, options): order.taxes}
    stacked = sum(taxes, Decimal(0))
    if len(taxes) > 1 and _is_stacked(amounts, is_taxed, taxes, is_gross=order.is_gross):
        taxes = {stacked: order.taxes}
    is_taxed.append(bool(order.shipping))
    try:
        return _assigned(amounts, is_taxed, taxes, [], is_gross=order.is_gross)
    except Broken:
        return _assigned(amounts, is_taxed, taxes, [Decimal(0)], is_gross=order.is_gross)


def _assigned(
    amounts: Sequence[Decimal], is_taxed: Sequence[bool], taxes: rates.Taxes, others: list[Decimal], *, is_gross: bool
) -> list[Decimal]:
    """Rates out of those of `taxes` and `others`."""
    choices = [[*taxes, *others] if taxed else [Decimal(0)] for taxed in is_taxed]
    return rates.assign(amounts, choices, taxes, is_gross=is_gross)


def _named_taxes(first: Row) -> dict[Decimal, Decimal]:
    """The tax of each rate; empty where a tax has no rate in its name."""
    found: dict[Decimal, Decimal] = {}
    for name, value in _TAXES:
        if not first.get(name):
            continue
        if (rate := rates.percent_in(first[name])) is None:
            return {}
        if rate:
            found[rate] = found.get(rate, ZERO) + _amount(first, value)
    return found


def _only_rate(order: _Order, amounts: Sequence[Decimal], is_taxed: Sequence[bool], options: Options) -> Decimal:
    taxed = sum((amount for amount, taxed in zip(amounts, is_taxed, strict=False) if taxed), ZERO) + order.shipping
    known = [] if options.vat_rate is None else [options.vat_rate]
    return rates.find_rate(taxed, order.taxes, known, is_gross=order.is_gross, pieces=len(amounts))


def _is_stacked(amounts: Sequence[Decimal], is_taxed: Sequence[bool], taxes: rates.Taxes, *, is_gross: bool) -> bool:
    """Whether each tax is on all that is taxed, as taxes of a state and of its counties are."""
    taxed = sum((amount for amount, each in zip(amounts, [*is_taxed, True], strict=True) if each), ZERO)
    base = taxed - sum(taxes.values(), ZERO) if is_gross else taxed
    pieces = len(amounts) + 1
    return all(rates.fits(base, rate, tax, is_gross=False, pieces=pieces) for rate, tax in taxes.items())


def _shares(order: _Order) -> list[Decimal]:
    """What each line comes to after its share of the discount of the order."""
    nets = [money.quantize(quantity * price) - off for _, quantity, price, off in order.lines]
    whole = sum(nets, ZERO)
    if not order.off or not whole:
        return nets
    offs = money.split(order.off, [net * order.off / whole for net in nets])
    return [net - off for net, off in zip(nets, offs, strict=True)]


def _lines(order: _Order, rate_of_line: Sequence[Decimal]) -> tuple[Line, ...]:
    lines = [
        Line(
            description=row["Lineitem name"].strip() or "Item",
            product_code=row.get("Lineitem sku", "").strip(),
            quantity=quantity,
            unit_price=price,
            vat_rate=rate,
            allowances=(LineAllowance(amount=off, reason="Discount"),) if off else (),
        )
        for (row, quantity, price, off), rate in zip(order.lines, rate_of_line, strict=False)
    ]
    if order.shipping:
        text = order.lines[0][0].get("Shipping Method", "").strip() or "Shipping"
        lines.append(Line(description=text, quantity=Decimal(1), unit_price=order.shipping, vat_rate=rate_of_line[-1]))
    return tuple(lines)


def _taken_off(order: _Order, rate_of_line: Sequence[Decimal], code: str) -> tuple[Allowance, ...]:
    """The discount of the order, at each rate its share."""
    off: dict[Decimal, Decimal] = {}
    nets = [money.quantize(quantity * price) - each for _, quantity, price, each in order.lines]
    for net, share, rate in zip(nets, _shares(order), rate_of_line, strict=False):
        off[rate] = off.get(rate, ZERO) + net - share
    reason = f"Discount {code}".strip()
    return tuple(Allowance(amount=each, vat_rate=rate, reason=reason) for rate, each in off.items() if each)


def _given_vat(order: _Order, rate_of_line: Sequence[Decimal], first: Row) -> tuple[GivenVat, ...]:
    """The VAT of each rate as the shop has it."""
    used = {rate for rate in rate_of_line if rate} if order.taxes else set()
    if len(used) == 1:
        return (GivenVat(rate=used.pop(), amount=order.taxes),)
    return tuple(GivenVat(rate=rate, amount=tax) for rate, tax in _named_taxes(first).items() if rate in used)


def _buyer(first: Row) -> Party:
    """The company of the billing address, else the person, else the mail address, else a guest."""
    role = "Billing" if first.get("Billing Name") or first.get("Billing Company") else "Shipping"
    of = {name: first.get(f"{role} {name}", "").strip().strip("'") for name in _ADDRESS}
    email = first.get("Email", "").strip()
    return Party(
        name=of["Company"] or of["Name"] or email or GUEST,
        street=of["Address1"] or of["Street"],
        street2=of["Address2"],
        city=of["City"],
        postcode=of["Zip"],
        region=of["Province"],
        country=as_code(of["Country"]),
        email=email,
        contact=Contact(name=of["Name"]) if of["Company"] and of["Name"] else None,
    )


_ADDRESS = ("Name", "Company", "Street", "Address1", "Address2", "City", "Zip", "Province", "Country")


def _amount(row: Row, name: str) -> Decimal:
    text = row.get(name, "").strip()
    return read_decimal(name, text) if text else ZERO
