"""Reads our own CSV: a row per line of an invoice; fields of the document stand on each row or only on its first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, TypeVar

from imports.reading.options import Options
from imports.reading.values import BadValue, read_date, read_decimal, read_time
from invoices.documents.types import (
    ZERO,
    Delivery,
    Document,
    Kind,
    Line,
    LineAllowance,
    Party,
    Payment,
    default_category,
)
from quality.rules import Broken

KEY = "number"
REQUIRED = ("number", "invoice_date", "buyer_name", "description", "quantity", "unit_price")
# A cell holds a text; addresses of e-invoices and contacts are records of their own.
_PARTY = [field.name for field in fields(Party) if field.name not in ("electronic_address", "contact")]
# Texts of the document that have columns of their own, by their record.
_PAYMENT = {
    "payment_means_code": "means_code",
    "payment_reference": "reference",
    "payment_terms": "terms",
    "iban": "iban",
}
_DELIVERY = {f"delivery_{field.name}": field.name for field in fields(Delivery)}
OF_THE_DOCUMENT = (
    "kind", "invoice_date", "due_date", "currency", "corrects", "reason", "note", "external_id", "buyer_reference",
    "order_reference", "prices_include_vat", "accept", "prepaid_amount", "rounding_amount", *_PAYMENT, *_DELIVERY,
    *(f"seller_{name}" for name in _PARTY), *(f"buyer_{name}" for name in _PARTY),
)  # fmt: skip
COLUMNS = (
    "number", *OF_THE_DOCUMENT, "description", "product_code", "quantity", "unit_price", "vat_rate", "vat_category",
    "exemption_reason", "allowance_amount", "allowance_reason",
)  # fmt: skip

_YES = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}

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
        buyer_reference=of.get("buyer_reference", ""),
        order_reference=of.get("order_reference", ""),
        prices_include_vat=_yes("prices_include_vat", of.get("prices_include_vat", "")),
        accepted=tuple(of.get("accept", "").split()),
        payment=_payment(of),
        delivery=_delivery(of),
        prepaid_amount=_amount("prepaid_amount", of),
        rounding_amount=_amount("rounding_amount", of),
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


def _amount(name: str, of: Row) -> Decimal:
    return read_decimal(name, of[name]) if of.get(name) else ZERO


def _payment(of: Row) -> Payment | None:
    texts = {field: of[name] for name, field in _PAYMENT.items() if of.get(name)}
    return Payment(**texts) if texts else None


def _delivery(of: Row) -> Delivery | None:
    texts: dict[str, Any] = {field: of[name] for name, field in _DELIVERY.items() if of.get(name)}
    if "date" in texts:
        texts["date"] = read_date("delivery_date", texts["date"])
    return Delivery(**texts) if texts else None


def _yes(name: str, text: str) -> bool:
    if text.lower() not in _YES:
        raise BadValue(f"{name}: {text[:40]!r} is not valid: use yes or no.")
    return _YES[text.lower()]


def _kind(text: str) -> Kind:
    try:
        return Kind(text or Kind.INVOICE)
    except ValueError:
        raise BadValue(f"kind: {text[:40]!r} is none; write {' or '.join(Kind)}.") from None


def _line(row: Row, options: Options) -> Line:
    rate, category = _rate(row.get("vat_rate", "").strip(), options), row.get("vat_category", "").strip()
    return Line(
        description=row["description"].strip(),
        product_code=row.get("product_code", "").strip(),
        quantity=read_decimal("quantity", row["quantity"].strip()),
        unit_price=read_decimal("unit_price", row["unit_price"].strip()),
        vat_rate=rate,
        vat_category="" if category == default_category(rate) else category,
        exemption_reason=row.get("exemption_reason", "").strip(),
        allowances=_allowances(row),
    )


def _allowances(row: Row) -> tuple[LineAllowance, ...]:
    amount = row.get("allowance_amount", "").strip()
    if not amount:
        return ()
    reason = row.get("allowance_reason", "").strip()
    return (LineAllowance(amount=read_decimal("allowance_amount", amount), reason=reason),)


def _rate(text: str, options: Options) -> Decimal:
    if text:
        return read_decimal("vat_rate", text)
    if options.vat_rate is None:
        raise BadValue("vat_rate: it is empty; fill it in, or name one for all with --vat-rate.")
    return options.vat_rate
