"""Reads our own CSV: a row per line of an invoice; fields of the document stand on each row or only on its first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from imports.reading import csv_parts
from imports.reading.options import Options
from imports.reading.values import BadValue, read_date, read_decimal, read_time
from invoices.documents.types import Document, Kind, Line, Party, short_category
from quality.rules import Broken

KEY = "number"
REQUIRED = ("number", "invoice_date", "buyer_name", "description", "quantity", "unit_price")
_PARTY = [field.name for field in fields(Party) if field.name not in ("electronic_address", "contact")]
OF_THE_DOCUMENT = (
    "kind", "invoice_date", "due_date", "currency", "corrects", "reason", "note", "external_id", "buyer_reference",
    "order_reference", "prices_include_vat", "accept", *csv_parts.OF_THE_DOCUMENT,
    *(f"{role}_{name}" for role in ("seller", "buyer") for name in (*_PARTY, *csv_parts.OF_A_PARTY)),
)  # fmt: skip
COLUMNS = (
    "number", *OF_THE_DOCUMENT, "description", "product_code", "quantity", "unit_price", "vat_rate", "vat_category",
    "exemption_reason", *csv_parts.OF_A_LINE,
)  # fmt: skip

# What an export says besides, which is not read: sums of the row, and the number in the store that wrote it.
NOT_READ = ("invoice_number", "net_amount", "total_amount")
_SIGNED = ("quantity", "vat_amount", "allowance_amount")
_ADJUSTMENTS = ("document_allowance", "document_charge")
NUMBERS = frozenset({
    "quantity", "unit_price", "vat_amount", "allowance_amount", "prepaid_amount", "rounding_amount",
    *(f"{name}_amount" for name in _ADJUSTMENTS),
})  # fmt: skip
RATES = frozenset({"vat_rate", *(f"{name}_vat_rate" for name in _ADJUSTMENTS)})
DATES = frozenset({"invoice_date", "due_date", "delivery_date", "preceding_date"})

_YES = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}

# What an export puts an apostrophe in front of, so that no spreadsheet takes the text for a formula.
_AS_TEXT = re.compile("'(?=[=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b-])")

Row = dict[str, str]


def parse(number: str, rows: Sequence[Row], options: Options) -> Document:
    """The document that `rows` are; raises `Broken` or `BadValue`."""
    of = _of_the_document(number, rows)
    rows = _unsigned(of.get("kind", ""), rows)
    seller, lines = _party("seller", of), tuple(_line(row, options) for row in rows)
    return Document(
        kind=_kind(of.get("kind", "")),
        number=_unmarked(number),
        issued_at=read_time("invoice_date", of["invoice_date"], options.zone),
        due_date=read_date("due_date", of["due_date"]) if of.get("due_date") else None,
        seller=seller if seller.name else Party(name=options.seller),
        buyer=_party("buyer", of),
        currency=of.get("currency") or options.currency,
        lines=lines,
        source=options.source,
        external_id=of.get("external_id", ""),
        corrects=of.get("corrects") or None,
        reason=of.get("reason", ""),
        note=of.get("note", ""),
        buyer_reference=of.get("buyer_reference", ""),
        order_reference=of.get("order_reference", ""),
        prices_include_vat=_yes("prices_include_vat", of.get("prices_include_vat", "")),
        accepted=tuple(of.get("accept", "").split()),
        vat=csv_parts.read_given_vat(lines, rows),
        **csv_parts.read_document_parts(of),
    )


def _of_the_document(number: str, rows: Sequence[Row]) -> Row:
    of: Row = {}
    for name in OF_THE_DOCUMENT:
        if name not in rows[0]:
            continue
        values = {_unmarked(value) for row in rows if (value := row.get(name, "").strip())}
        if len(values) > 1:
            some = " and ".join(repr(value[:40]) for value in sorted(values)[:3])
            raise Broken("mixed-document", f"{name}: the rows of {number} have {some}; a document has one.")
        of[name] = values.pop() if values else ""
    return of


def _unmarked(text: str) -> str:
    """The text without the apostrophe of an export."""
    return text[1:] if _AS_TEXT.match(text) else text


def _unsigned(kind: str, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows of a credit note whose sum is negative, as an accountant's file has them, with all signs turned."""
    if kind != Kind.CREDIT_NOTE or sum(map(_net_of, rows)) >= 0:
        return rows
    return [{**row, **{name: _turned(row[name].strip()) for name in _SIGNED if row.get(name)}} for row in rows]


def _net_of(row: Row) -> Decimal:
    names = ("quantity", "unit_price")
    quantity, price = (read_decimal(name, row[name].strip()) for name in names)
    return quantity * price


def _turned(number: str) -> str:
    return number[1:] if number.startswith("-") else f"-{number}"


def _party(role: str, of: Row) -> Party:
    texts: dict[str, Any] = {name: of.get(f"{role}_{name}", "") for name in _PARTY}
    return Party(**texts, **csv_parts.read_party_parts(role, of))


def _yes(name: str, text: str) -> bool:
    if text.lower() not in _YES:
        raise BadValue(f"{name}: {text[:40]!r} is not valid: use yes or no.")
    return _YES[text.lower()]


def _kind(text: str) -> Kind:
    try:
        return Kind(text or Kind.INVOICE)
    except ValueError:
        raise BadValue(f"kind: {text[:40]!r} is not a valid kind: use {' or '.join(Kind)}.") from None


def _line(row: Row, options: Options) -> Line:
    rate, category = _rate(row.get("vat_rate", "").strip(), options), row.get("vat_category", "").strip()
    return Line(
        description=_unmarked(row["description"].strip()),
        product_code=_unmarked(row.get("product_code", "").strip()),
        quantity=read_decimal("quantity", row["quantity"].strip()),
        unit_price=read_decimal("unit_price", row["unit_price"].strip()),
        vat_rate=rate,
        vat_category=short_category(rate, category),
        exemption_reason=_unmarked(row.get("exemption_reason", "").strip()),
        allowances=csv_parts.read_line_allowances(row),
    )


def _rate(text: str, options: Options) -> Decimal:
    if text:
        return read_decimal("vat_rate", text)
    if options.vat_rate is None:
        raise BadValue("vat_rate: it is empty; fill it in, or name one for all with --vat-rate.")
    return options.vat_rate
