"""Documents as they stand in the store, with their lines and parties; generated invoices get one line of their subtotal."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from invoices.documents.types import Document, IssuedDocument, Kind, Line, Party
from invoices.queries import UnknownInvoice

GENERATED_LINE = "Goods and services"

_DOCUMENTS = """
SELECT i.id, i.invoice_number, s.prefix, i.ordinal, s.kind, i.kind AS document_kind, i.invoice_date, i.currency, i.vat_rate,
    i.subtotal, i.vat_amount, i.total_amount, i.seller_name, i.buyer_name, d.seller::text AS seller, d.buyer::text AS buyer,
    d.due_date, coalesce(d.source, '') AS source, coalesce(d.external_id, '') AS external_id, d.corrects_id,
    c.invoice_number AS corrects, coalesce(d.reason, '') AS reason, coalesce(d.note, '') AS note
FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id AND s.closed_at IS NULL
LEFT JOIN invoices_document d ON d.invoice_id = i.id LEFT JOIN invoices_invoice c ON c.id = d.corrects_id
WHERE {condition}
"""
_BY_NUMBERS = _DOCUMENTS.format(condition="i.invoice_number = ANY(%s)")
_BY_IDS = _DOCUMENTS.format(condition="i.id = ANY(%s)")
_LINES = """
SELECT invoice_id, description, product_code, quantity, unit_price, vat_rate FROM invoices_line
WHERE invoice_id = ANY(%s) ORDER BY invoice_id, position
"""

Row = dict[str, Any]


def read_documents(numbers: Sequence[str]) -> list[IssuedDocument]:
    """The documents with these numbers, in their order; raises `UnknownInvoice` for the first that is not there."""
    found = {one.number: one for one in _read(_BY_NUMBERS, numbers)}
    for number in numbers:
        if number not in found:
            raise UnknownInvoice(f"No invoice has the number {number[:60]!r}.")
    return [found[number] for number in numbers]


def load_documents(ids: Sequence[int]) -> list[IssuedDocument]:
    """The documents with these ids, in their order; what is gone is missing."""
    found = {one.id: one for one in _read(_BY_IDS, ids)}
    return [found[pk] for pk in ids if pk in found]


def _read(statement: str, keys: Sequence[str] | Sequence[int]) -> list[IssuedDocument]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(keys)])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
        lines = _read_lines([row["id"] for row in rows if row["seller"] is not None])
    return [_issued(row, lines[row["id"]]) for row in rows]


def _read_lines(ids: Sequence[int]) -> dict[int, list[Line]]:
    lines: dict[int, list[Line]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [list(ids)])
        for invoice_id, description, product_code, quantity, unit_price, vat_rate in cursor.fetchall():
            lines[invoice_id].append(
                Line(
                    description=description,
                    product_code=product_code,
                    quantity=quantity,
                    unit_price=unit_price,
                    vat_rate=vat_rate,
                )
            )
    return lines


def _issued(row: Row, lines: list[Line]) -> IssuedDocument:
    return IssuedDocument(
        id=row["id"],
        number=row["invoice_number"],
        series=row["prefix"],
        ordinal=row["ordinal"],
        document=_document(row, lines or [_only_line(row)]),
        subtotal=row["subtotal"],
        vat_amount=row["vat_amount"],
        total_amount=row["total_amount"],
        is_test=row["kind"] == "test",
        corrects_id=row["corrects_id"],
    )


def _document(row: Row, lines: list[Line]) -> Document:
    is_external = row["kind"] == "external"
    return Document(
        kind=Kind(row["document_kind"]),
        issued_at=row["invoice_date"],
        seller=_party(row["seller"], row["seller_name"]),
        buyer=_party(row["buyer"], row["buyer_name"]),
        currency=row["currency"],
        lines=tuple(lines),
        due_date=row["due_date"],
        number=row["invoice_number"].removeprefix(f"{row['prefix']}-") if is_external else None,
        source=row["source"],
        external_id=row["external_id"],
        corrects=row["corrects"],
        reason=row["reason"],
        note=row["note"],
    )


def _party(snapshot: str | None, name: str) -> Party:
    return Party(name=name) if snapshot is None else Party(**json.loads(snapshot))


def _only_line(row: Row) -> Line:
    return Line(
        description=GENERATED_LINE,
        quantity=Decimal(1),
        unit_price=row["subtotal"],
        vat_rate=row["vat_rate"] or Decimal(0),
    )
