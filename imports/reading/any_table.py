"""Reads any table by a mapping of its columns: a row per line of a document, as `invoices-csv` with other headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from imports.reading import countries, invoices_csv, plain
from imports.reading.invoices_csv import DATES, NUMBERS, RATES
from imports.reading.mappings import FIELDS, ColumnMapping
from imports.reading.options import Options
from imports.reading.tables import Row, Table
from imports.reading.values import BadValue, read_decimal
from invoices import money
from invoices.documents.gross import PRICE_UNIT
from invoices.documents.types import Document, Kind

WALK_IN = "Walk-in customer"
UNNAMED = "Item"
_KINDS = {
    "rechnung": Kind.INVOICE, "facture": Kind.INVOICE, "factura": Kind.INVOICE, "fattura": Kind.INVOICE,
    "gutschrift": Kind.CREDIT_NOTE, "storno": Kind.CREDIT_NOTE, "stornorechnung": Kind.CREDIT_NOTE,
    "rechnungskorrektur": Kind.CREDIT_NOTE, "credit note": Kind.CREDIT_NOTE, "avoir": Kind.CREDIT_NOTE,
}  # fmt: skip
_NUMBERS = NUMBERS | {"line_total"}


def table_of(mapping: ColumnMapping) -> Table:
    """The format of a table whose columns `mapping` names."""
    return Table(key=mapping.number_column, signs=(), needed=(), parse=parse, lacks=_lacks(mapping))


def parse(number: str, rows: Sequence[Row], options: Options) -> Document:
    """The document that `rows` are; raises `Broken` or `BadValue`."""
    mapping = options.mapping or ColumnMapping()
    try:
        own = [_own(mapping.apply(row), options) for row in rows]
        document = invoices_csv.parse(number, own, options)
    except BadValue as error:
        raise BadValue(_by_column(str(error), mapping)) from None
    if mapping.prices_include_vat:
        document = replace(document, prices_include_vat=True)
    return document if mapping.number_column else replace(document, number=None)


def _by_column(message: str, mapping: ColumnMapping) -> str:
    """The message with the heading of the file in place of the name of the field."""
    field, mark, says = message.partition(": ")
    headings = {FIELDS[name]: column for name, column in mapping.columns}
    return f"{headings.get(field, field)}{mark}{says}"


def _lacks(mapping: ColumnMapping) -> tuple[str, ...]:
    has = dict(mapping.columns)
    fields = {"seller": "seller.name", "currency": "currency", "vat_rate": "lines.vat_rate"}
    return tuple(option for option, field in fields.items() if field not in has)


def _own(row: Row, options: Options) -> Row:
    """A row with the names of `invoices-csv` and plain values."""
    row = {name: _plain(name, text.strip(), options) for name, text in row.items()}
    row["buyer_name"] = _buyer(row)
    row["description"] = row.get("description") or row.get("product_code") or UNNAMED
    row["quantity"] = row.get("quantity") or "1"
    if row.get("kind"):
        row["kind"] = _KINDS.get(row["kind"].casefold(), row["kind"])
    if row.get("buyer_country"):
        row["buyer_country"] = countries.code(row["buyer_country"]) or row["buyer_country"].upper()
    if not row.get("allowance_amount", "").strip("-0."):
        row.pop("allowance_amount", None)
    total = row.pop("line_total", "")
    return row if row.get("unit_price") else row | _priced(row, total)


def _plain(name: str, text: str, options: Options) -> str:
    if not text:
        return text
    if name in _NUMBERS:
        return plain.plain_number(name, text, options.dialect)
    if name in RATES:
        return plain.plain_rate(name, text, options.dialect)
    return plain.plain_date(name, text, options.dialect) if name in DATES else text


def _buyer(row: Row) -> str:
    person = f"{row.pop('buyer_first_name', '')} {row.pop('buyer_last_name', '')}".strip()
    return row.get("buyer_name") or person or WALK_IN


def _priced(row: Row, text: str) -> Row:
    """Quantity and unit price that come to the total of the line; one piece where six decimals do not."""
    if not text:
        raise BadValue("unit_price: it is empty, and so is the total of the line; fill in one of them.")
    total, quantity = read_decimal("line_total", text), read_decimal("quantity", row["quantity"])
    if quantity and total / quantity >= 0:
        price = (total / quantity).quantize(PRICE_UNIT)
        if money.quantize(price * quantity) == total:
            return {"unit_price": f"{price:f}"}
    return {
        "description": f"{row['quantity']} x {row['description']}",
        "quantity": "-1" if total < 0 else "1",
        "unit_price": f"{abs(total):f}",
    }
