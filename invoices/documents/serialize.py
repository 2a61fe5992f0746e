"""How a document is written in JSON: the invoice of every answer, and what stands beside it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from invoices import money
from invoices.documents.erase import ERASED
from invoices.documents.types import Allowance, Document, IssuedDocument, Line, VatGroup
from invoices.serialize import rate
from invoices.validation.document import warn
from runtime.formats import iso

_CREDIT_NOTES = """
SELECT c.invoice_number, coalesce(nullif(c.printed_number, ''), c.invoice_number), c.invoice_date, c.currency, c.total_amount
FROM invoices_document d JOIN invoices_invoice c ON c.id = d.invoice_id WHERE d.corrects_id = %s ORDER BY c.id
"""


# Names of erased parties alone say that there is anything to read.
_ERASURES = "SELECT role, basis, erased_at FROM invoices_erasure WHERE invoice_id = %s ORDER BY role"


def document(issued: IssuedDocument) -> dict[str, Any]:
    """The API's invoice, with its lines, parties, VAT by rate and what corrects it."""
    notes = _credit_notes(issued.id)
    currency = issued.document.currency
    credited = sum((Decimal(note["total_amount"]) for note in notes if note["currency"] == currency), Decimal(0))
    warnings = [asdict(warning) for warning in warn(issued.document)]
    return written(issued) | {
        "credit_notes": notes,
        "credited_amount": money.text(credited),
        "warnings": warnings,
        "erasures": _erasures(issued),
    }


def written(issued: IssuedDocument) -> dict[str, Any]:
    """The same without anything issued after it: it never changes."""
    one = issued.document
    return {
        "id": issued.id,
        "invoice_number": issued.number,
        "printed_number": issued.printed_number,
        "invoice_date": iso(one.issued_at),
        "invoice_day": issued.day.isoformat(),
        "seller_name": one.seller.name,
        "buyer_name": one.buyer.name,
        "currency": one.currency,
        "vat_rate": rate(issued.vat_rate),
        "subtotal": money.text(issued.subtotal),
        "vat_amount": money.text(issued.vat_amount),
        "total_amount": money.text(issued.total_amount),
        "payable_amount": money.text(issued.payable_amount),
        "kind": one.kind,
        "series": issued.series,
        "seller": asdict(one.seller),
        "buyer": asdict(one.buyer),
        "due_date": one.due_date and one.due_date.isoformat(),
        "lines": [_line(position, line) for position, line in enumerate(one.lines, start=1)],
        "vat_groups": [_group(group) for group in issued.vat_groups],
        "corrects": one.corrects,
        **_more(one),
        "reason": one.reason,
        "note": one.note,
        "source": one.source,
        "external_id": one.external_id,
    }


def _line(position: int, line: Line) -> dict[str, Any]:
    return {
        "position": position,
        "description": line.description,
        "product_code": line.product_code,
        "quantity": _plain(line.quantity),
        "unit_price": _plain(line.unit_price, least=2),
        "vat_rate": rate(line.vat_rate),
        "net": money.text(line.net),
        "vat_category": line.category,
        "exemption_reason": line.exemption_reason,
        "allowances": [{"amount": money.text(each.amount), "reason": each.reason} for each in line.allowances],
    }


def _group(group: VatGroup) -> dict[str, Any]:
    """`vat_rate` and `vat_amount` are the earlier names of `rate` and `vat`."""
    vat, net = money.text(group.vat), money.text(group.net)
    return {
        "rate": rate(group.rate),
        "category": group.category,
        "net": net,
        "vat": vat,
        "reason": group.reason,
        "vat_rate": rate(group.rate),
        "vat_amount": vat,
    }


def _more(one: Document) -> dict[str, Any]:
    """The rarely used fields of a document."""
    return {
        "allowances": [_adjustment(each) for each in one.allowances],
        "charges": [_adjustment(each) for each in one.charges],
        "prepaid_amount": money.text(one.prepaid_amount),
        "rounding_amount": money.text(one.rounding_amount),
        "payment": one.payment and asdict(one.payment),
        "delivery": one.delivery and asdict(one.delivery) | {"date": _day(one.delivery.date)},
        "buyer_reference": one.buyer_reference,
        "order_reference": one.order_reference,
        "preceding": [{"number": each.number, "date": _day(each.date)} for each in one.preceding],
        "profile": one.profile,
        "accept": list(one.accepted),
        "terms": one.terms,
    }


def _adjustment(each: Allowance) -> dict[str, Any]:
    return {
        "amount": money.text(each.amount),
        "vat_rate": rate(each.vat_rate),
        "vat_category": each.category,
        "reason": each.reason,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _plain(number: Decimal, *, least: int = 0) -> str:
    """`number` without padding, but with at least `least` decimals."""
    shortest = number.normalize()
    decimals = max(least, -int(shortest.as_tuple().exponent))
    return f"{shortest:.{decimals}f}"


def _erasures(issued: IssuedDocument) -> list[dict[str, str]]:
    """Whose names were erased, when and on what basis."""
    if ERASED not in (issued.document.seller.name, issued.document.buyer.name):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ERASURES, [issued.id])
        return [{"role": role, "basis": basis, "erased_at": iso(moment)} for role, basis, moment in cursor.fetchall()]


def _credit_notes(invoice_id: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_CREDIT_NOTES, [invoice_id])
        return [
            {
                "invoice_number": number,
                "printed_number": printed,
                "invoice_date": iso(moment),
                "currency": currency,
                "total_amount": money.text(total),
            }
            for number, printed, moment, currency, total in cursor.fetchall()
        ]
