"""Reads the usual export of orders of WooCommerce: a row per order, or a row per item with the order's values repeated.

Items, shipping and fees are packed into one field each (`name:Mug|quantity:2|total:33.61|total_tax:6.39;...`), as amounts
without VAT after discounts. Their rounded sums may miss the order's total by cents, which the VAT takes within its bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from imports.reading import plain
from imports.reading.countries import as_code
from imports.reading.options import Options
from imports.reading.shops import rates, states
from imports.reading.shops.refunds import credit_of
from imports.reading.tables import Credits, Row, Table
from imports.reading.values import BadValue, read_decimal, read_time
from invoices.documents.amounts import amounts_of, with_total, with_vat
from invoices.documents.gross import priced
from invoices.documents.types import ZERO, Contact, Document, Line, Party
from quality.rules import Broken

KEY = "order_number"
GUEST = "Guest"
_PAID = frozenset({"completed", "processing", "refunded"})
_ENDED = frozenset({"cancelled", "failed", "trash", "draft", "checkout-draft", "auto-draft"})
_ITEM = {name: f"item_{name}" for name in ("name", "sku", "quantity", "total", "total_tax")}
_NUMBERS = frozenset({"order_total", "refunded_total", "shipping_total", "shipping_tax_total", "tax_total"})
# A name may hold the marks; a field begins with a word and a colon.
_PARTS = re.compile(r";(?=[a-z_]+:)")
_FIELDS = re.compile(r"\|(?=[a-z_]+:)")


@dataclass(frozen=True, slots=True)
class _Charge:
    """Something that is paid for: its amount without VAT, and its VAT."""

    name: str
    sku: str
    quantity: Decimal
    net: Decimal
    tax: Decimal


def parse(number: str, rows: Sequence[Row], options: Options) -> Document:
    """The invoice of an order; raises `Broken` or `BadValue`."""
    first = rows[0]
    state = first["status"].strip().lower().removeprefix("wc-")
    states.check_paid(number, state, paid=_PAID, ended=_ENDED, options=options)
    charges = [*_items(rows, options), *_shipping(first, options), *_packed("fee_items", first, options)]
    known = _named_rates(first, options)
    lines = tuple(_line(charge, _rate(charge, charges, known)) for charge in charges)
    document = Document(
        number=number,
        issued_at=read_time("order_date", first.get("paid_date") or first["order_date"], options.zone),
        seller=Party(name=options.seller),
        buyer=_buyer(first),
        currency=first.get("order_currency") or options.currency,
        lines=lines,
        source=options.source,
        external_id=first.get("order_id", ""),
        note=first.get("customer_note", "").strip(),
    )
    return _with_total(document, read_decimal("order_total", first["order_total"]))


def _is_refunded(rows: Sequence[Row], options: Options) -> bool:
    state = rows[0].get("status", "").strip().lower().removeprefix("wc-")
    return state == "refunded" or bool(rows[0].get("refunded_total", "").strip("-0., "))


def _credit(number: str, rows: Sequence[Row], options: Options) -> Document:
    invoice, text = parse(number, rows, options), rows[0].get("refunded_total", "")
    refunded = abs(read_decimal("refunded_total", text)) if text.strip("-0., ") else ZERO
    return credit_of(invoice, refunded or amounts_of(invoice).total_amount, None)


TABLE = Table(
    key=KEY,
    signs=(
        frozenset({"order_number", "order_date", "line_items"}),
        frozenset({"order_number", "order_date", "item_name", "item_total"}),
    ),
    needed=("order_number", "order_date", "status", "order_total"),
    parse=parse,
    numbers=_NUMBERS,
    dates=frozenset({"order_date", "paid_date"}),
    credits=Credits(is_in=_is_refunded, parse=_credit),
    lacks=("seller",),
)  # fmt: skip


def _items(rows: Sequence[Row], options: Options) -> Iterator[_Charge]:
    for row in rows:
        if row.get("item_name"):
            yield _charge({name: row.get(column, "") for name, column in _ITEM.items()}, options)
        elif row is rows[0]:
            yield from _packed("line_items", row, options)


def _packed(column: str, row: Row, options: Options) -> Iterator[_Charge]:
    for part in _PARTS.split(row.get(column, "").strip()):
        if part:
            yield _charge(_fields(part), options)


def _fields(part: str) -> Row:
    pairs = (field.partition(":") for field in _FIELDS.split(part))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _charge(of: Row, options: Options) -> _Charge:
    if "total" not in of:
        raise BadValue(
            f"line_items: {str(of)[:60]} has no total; export items with name, quantity, total and total_tax."
        )
    return _Charge(
        name=of.get("name") or of.get("title") or "Item",
        sku=of.get("sku", ""),
        quantity=_number(of, "quantity", options, "1"),
        net=_number(of, "total", options, "0"),
        tax=_number(of, "total_tax" if "total_tax" in of else "tax", options, "0"),
    )


def _shipping(first: Row, options: Options) -> Iterator[_Charge]:
    net, tax = (_number(first, name, options, "0") for name in ("shipping_total", "shipping_tax_total"))
    if net or tax:
        items = _fields(first.get("shipping_items", "").split(";")[0])
        yield _Charge(items.get("method_title") or "Shipping", "", Decimal(1), net, tax)


def _number(of: Row, name: str, options: Options, missing: str) -> Decimal:
    return read_decimal(name, plain.plain_number(name, of.get(name) or missing, options.dialect))


def _named_rates(first: Row, options: Options) -> list[Decimal]:
    """The rates that the order's taxes name, as a number or in their title."""
    found = [] if options.vat_rate is None else [options.vat_rate]
    for part in _PARTS.split(first.get("tax_items", "").strip()):
        of = _fields(part)
        texts = [f"{of.get('rate', '')} %", *(of.get(name, "") for name in ("title", "code", "name"))]
        found.extend(rate for text in texts if (rate := rates.percent_in(text)))
    return found


def _rate(charge: _Charge, charges: Sequence[_Charge], known: Sequence[Decimal]) -> Decimal:
    """The rate of a charge: one that is named, or that of the largest charge with VAT, which is the clearest."""
    if not charge.tax:
        return Decimal(0)
    largest = max(charges, key=lambda each: abs(each.tax))
    if largest is not charge:
        known = [*known, _rate(largest, [largest], known)]
    return rates.find_rate(abs(charge.net), abs(charge.tax), known, is_gross=False, pieces=2)


def _line(charge: _Charge, rate: Decimal) -> Line:
    line = Line(
        description=charge.name, product_code=charge.sku, quantity=charge.quantity, unit_price=ZERO, vat_rate=rate
    )
    return priced(replace(line, quantity=charge.quantity or Decimal(1)), charge.net)


def _with_total(document: Document, total: Decimal) -> Document:
    amounts = amounts_of(document)
    exact = with_total(document, amounts, total)
    if exact is None:
        raise Broken(
            "sums-differ",
            f"The lines of {document.number} come to {amounts.total_amount} with VAT, and order_total is {total}; "
            "correct one of them.",
        )
    return with_vat(document, exact.groups)


def _buyer(first: Row) -> Party:
    of = {name: first.get(f"billing_{name}", "").strip() for name in _ADDRESS}
    person = f"{of['first_name']} {of['last_name']}".strip()
    return Party(
        name=of["company"] or person or of["email"] or GUEST,
        street=of["address_1"],
        street2=of["address_2"],
        city=of["city"],
        postcode=of["postcode"],
        region=of["state"],
        country=as_code(of["country"]),
        vat_id=first.get("vat_number", "").strip(),
        email=of["email"],
        external_id=first.get("customer_id", "").strip().removeprefix("0"),
        contact=Contact(name=person) if of["company"] and person else None,
    )


_ADDRESS = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "state",
    "postcode",
    "country",
    "email",
)
