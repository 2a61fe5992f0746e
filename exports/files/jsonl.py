"""JSON lines: a whole document a line, written as the API writes it, so that it can be imported again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any, BinaryIO

from django.db.models import QuerySet

from exports.files.rows import read_documents
from invoices import money
from invoices.documents.shapes import IssuedDocument, Line, VatGroup
from invoices.models import Invoice
from invoices.present import iso, rate

TOLD_EVERY = 200


def write(chosen: QuerySet[Invoice], sink: BinaryIO) -> Iterator[int]:
    """Write the documents; yields how many."""
    count = 0
    for issued in read_documents(chosen):
        sink.write(json.dumps(document(issued), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        count += 1
        if count % TOLD_EVERY == 0:
            yield count
    yield count


def document(issued: IssuedDocument) -> dict[str, Any]:
    """The invoice as lists have it, and all that its document says."""
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
        "kind": str(one.kind),
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
    """Without padding, but with at least so many decimals."""
    shortest = number.normalize()
    decimals = max(least, -int(shortest.as_tuple().exponent))
    return f"{shortest:.{decimals}f}"
