"""Reads the files of an online wholesaler, one file a day; docs/decisions/0022 explains each kind of row.

`InvoiceNo` starts with C for a cancellation, with A for a bad debt, and with neither for an invoice.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from imports.reading.countries import code
from imports.reading.options import Options
from imports.reading.values import read_decimal, read_time
from invoices.documents.types import Document, Kind, Line, Party
from quality.rules import Broken

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
KEY = "InvoiceNo"
WALK_IN = "Walk-in customer"
CANCELLATION = "Cancellation; the shop's file does not say of which invoice"

Row = dict[str, str]
Amounts = list[tuple[Decimal, Decimal]]


def parse(number: str, rows: Sequence[Row], options: Options) -> Document:
    """The document that `rows` are; raises `Broken` or `BadValue`."""
    if number.startswith("A"):
        raise Broken("bad-debt", f"{number} adjusts a bad debt; it is kept, but not as a document.")
    amounts = [_amounts(row) for row in rows]
    _check_charged(number, rows, amounts)
    is_credit = number.startswith("C")
    sign = -1 if is_credit else 1
    _check_signs(number, amounts, is_credit, options)
    return Document(
        kind=Kind.CREDIT_NOTE if is_credit else Kind.INVOICE,
        number=number,
        issued_at=min(read_time("InvoiceDate", row["InvoiceDate"], options.zone) for row in rows),
        seller=Party(name=options.seller),
        buyer=_buyer(number, rows),
        currency=options.currency,
        lines=tuple(
            _line(row, sign * quantity, price, options) for row, (quantity, price) in zip(rows, amounts, strict=True)
        ),
        source=options.source,
        reason=CANCELLATION if is_credit else "",
    )


def _amounts(row: Row) -> tuple[Decimal, Decimal]:
    return read_decimal("Quantity", row["Quantity"].strip()), read_decimal("UnitPrice", row["UnitPrice"].strip())


def _line(row: Row, quantity: Decimal, price: Decimal, options: Options) -> Line:
    article = row["StockCode"].strip()
    return Line(
        description=row["Description"].strip() or article,
        product_code=article,
        quantity=quantity,
        unit_price=price,
        vat_rate=options.vat_rate or Decimal(0),
    )


def _buyer(number: str, rows: Sequence[Row]) -> Party:
    customers = {row["CustomerID"].strip().removesuffix(".0") for row in rows}
    countries = {row["Country"].strip() for row in rows}
    for name, values in (("CustomerID", customers), ("Country", countries)):
        if len(values) > 1:
            raise Broken("mixed-document", f"{name}: the rows of {number} have {_some(values)}; a document has one.")
    (customer,), (country,) = customers, countries
    return Party(name=f"Customer {customer}" if customer else WALK_IN, external_id=customer, country=code(country))


def _check_charged(number: str, rows: Sequence[Row], amounts: Amounts) -> None:
    """Rows without any price are stock movements without a sale."""
    if any(price for _, price in amounts):
        return
    if any(row["CustomerID"].strip() for row in rows):
        raise Broken(
            "nothing-charged", f"{number} amounts to 0.00 for a customer; give a price, or set it aside as a gift."
        )
    raise Broken("stock-correction", f"{number} has no price and no customer; it is kept, but not as a document.")


def _check_signs(number: str, amounts: Amounts, is_credit: bool, options: Options) -> None:
    for quantity, price in amounts:
        if price < 0:
            raise Broken("negative-price", f"UnitPrice: {price} in {number}; make the quantity negative instead.")
        if is_credit and quantity >= 0:
            raise Broken("mixed-signs", f"Quantity: {quantity} in cancellation {number}; a cancellation takes back.")
        if not is_credit and quantity < 0 and "negative-quantity" not in options.waived:
            raise Broken(
                "negative-quantity", f"Quantity: {quantity} in invoice {number}; accept it, or make it a C number."
            )


def _some(values: set[str]) -> str:
    return " and ".join(repr(value[:40]) for value in sorted(values)[:3])
