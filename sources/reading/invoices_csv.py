"""Our own CSV: a row a line of an invoice, what is the document's on each row or on its first alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, TypeVar

from invoices.documents.types import Document, Kind, Line, Party
from sources.reading.options import Options
from sources.reading.rules import Broken
from sources.reading.values import BadValue, read_date, read_decimal, read_time

KEY = "number"
REQUIRED = ("number", "invoice_date", "buyer_name", "description", "quantity", "unit_price")
# A cell holds a text; addresses of e-invoices and contacts are records of their own.
_PARTY = [field.name for field in fields(Party) if field.name not in ("electronic_address", "contact")]
OF_THE_DOCUMENT = (
    "kind", "invoice_date", "due_date", "currency", "corrects", "reason", "note", "external_id",
    *(f"seller_{name}" for name in _PARTY), *(f"buyer_{name}" for name in _PARTY),
)  # fmt: skip
COLUMNS = ("number", *OF_THE_DOCUMENT, "description", "product_code", "quantity", "unit_price", "vat_rate")

Row = dict[str, str]
Value = TypeVar("Value")


def parse(number: str, rows: Sequence[Row], options: Options) -> Document:
    """The document that `rows` are; raises `Broken` or `BadValue`."""
    of = _of_the_document(number, rows)
    seller = _party("seller", of)
    return Document(
        kind=_kind(of.get("kind", "")),
        number=number,
        issued_at=read_time("invoice_date", of["invoice_date"], options.zone),
        due_date=read_date("due_date", of["due_date"]) if of.get("due_date") else None,
        seller=seller if seller.name else Party(name=options.seller),
        buyer=_party("buyer", of),
        currency=of.get("currency") or options.currency,
        lines=tuple(_line(row, options) for row in rows),
        source=options.source,
        external_id=of.get("external_id", ""),
        corrects=of.get("corrects") or None,
        reason=of.get("reason", ""),
        note=of.get("note", ""),
    )


def _of_the_document(number: str, rows: Sequence[Row]) -> Row:
    of: Row = {}
    for name in OF_THE_DOCUMENT:
        values = {value for row in rows if (value := row.get(name, "").strip())}
        if len(values) > 1:
            some = " and ".join(repr(value[:40]) for value in sorted(values)[:3])
            raise Broken("mixed-document", f"{name}: the rows of {number} have {some}; a document has one.")
        of[name] = values.pop() if values else ""
    return of


def _party(role: str, of: Row) -> Party:
    texts: dict[str, Any] = {name: of.get(f"{role}_{name}", "") for name in _PARTY}
    return Party(**texts)


def _kind(text: str) -> Kind:
    try:
        return Kind(text or Kind.INVOICE)
    except ValueError:
        raise BadValue(f"kind: {text[:40]!r} is none; write {' or '.join(Kind)}.") from None


def _line(row: Row, options: Options) -> Line:
    return Line(
        description=row["description"].strip(),
        product_code=row.get("product_code", "").strip(),
        quantity=read_decimal("quantity", row["quantity"].strip()),
        unit_price=read_decimal("unit_price", row["unit_price"].strip()),
        vat_rate=_rate(row.get("vat_rate", "").strip(), options),
    )


def _rate(text: str, options: Options) -> Decimal:
    if text:
        return read_decimal("vat_rate", text)
    if options.vat_rate is None:
        raise BadValue("vat_rate: it is empty; fill it in, or name one for all with --vat-rate.")
    return options.vat_rate
