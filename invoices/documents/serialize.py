"""How a document is written in JSON: the invoice of every answer, and what stands beside it."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db import connection

from invoices import money
from invoices.documents.types import IssuedDocument, Line, VatGroup
from invoices.serialize import rate
from invoices.validation.document import warn
from runtime.formats import iso

_CREDIT_NOTES = """
SELECT c.invoice_number, c.invoice_date, c.total_amount FROM invoices_document d JOIN invoices_invoice c ON c.id = d.invoice_id
WHERE d.corrects_id = %s ORDER BY c.id
"""


def document(issued: IssuedDocument) -> dict[str, Any]:
    """The API's invoice, with its lines, parties, VAT by rate and what corrects it."""
    notes = _credit_notes(issued.id)
    credited = sum((Decimal(note["total_amount"]) for note in notes), Decimal(0))
    warnings = [asdict(warning) for warning in warn(issued.document)]
    return written(issued) | {
        "credit_notes": notes,
        "credited_amount": money.text(credited),
        "warnings": warnings,
    }


def written(issued: IssuedDocument) -> dict[str, Any]:
    """The same without anything issued after it: it never changes."""
    one = issued.document
    return {
        "id": issued.id,
        "invoice_number": issued.number,
        "invoice_date": iso(one.issued_at),
        "seller_name": one.seller.name,
        "buyer_name": one.buyer.name,
        "currency": one.currency,
        "vat_rate": rate(one.vat_rate),
        "subtotal": money.text(issued.subtotal),
        "vat_amount": money.text(issued.vat_amount),
        "total_amount": money.text(issued.total_amount),
        "kind": one.kind,
        "series": issued.series,
        "seller": asdict(one.seller),
        "buyer": asdict(one.buyer),
        "due_date": one.due_date and one.due_date.isoformat(),
        "lines": [_line(position, line) for position, line in enumerate(one.lines, start=1)],
        "vat_groups": [_group(group) for group in one.vat_groups],
        "corrects": one.corrects,
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
    }


def _group(group: VatGroup) -> dict[str, Any]:
    return {"vat_rate": rate(group.rate), "net": money.text(group.net), "vat_amount": money.text(group.vat)}


def _plain(number: Decimal, *, least: int = 0) -> str:
    """`number` without padding, but with at least `least` decimals."""
    shortest = number.normalize()
    decimals = max(least, -int(shortest.as_tuple().exponent))
    return f"{shortest:.{decimals}f}"


def _credit_notes(invoice_id: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_CREDIT_NOTES, [invoice_id])
        return [
            {"invoice_number": number, "invoice_date": iso(date), "total_amount": money.text(total)}
            for number, date, total in cursor.fetchall()
        ]
