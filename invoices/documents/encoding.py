"""Documents as the rows of three COPYs, in PostgreSQL's text format: the invoice, what it says beyond it, its lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from invoices.documents.chain import Entry, Sealed
from invoices.documents.types import Document, Party
from invoices.encoding import NULL, copy_text, time_text
from invoices.models import Series

INVOICE_COLUMNS = (
    "series_id", "ordinal", "invoice_number", "invoice_date", "seller_name", "buyer_name", "currency", "vat_rate",
    "subtotal", "vat_amount", "total_amount", "kind",
)  # fmt: skip
DOCUMENT_COLUMNS = (
    "invoice_id", "seller", "buyer", "due_date", "source", "external_id", "corrects_id", "reason", "note",
)  # fmt: skip
LINE_COLUMNS = (
    "invoice_id", "position", "description", "product_code", "quantity", "unit_price", "vat_rate", "net",
)  # fmt: skip
_PARTY_FIELDS = [field.name for field in fields(Party)]
_of_party = attrgetter(*_PARTY_FIELDS)


def number_of(series: Series, ordinal: int, document: Document) -> str:
    """The number that `document` gets: one of the series' own, or the source's behind the prefix."""
    return series.number(ordinal) if document.number is None else f"{series.prefix}-{document.number}"


def party_json(party: Party) -> dict[str, str]:
    """What is known of `party`, for the snapshot and for the hash."""
    return {name: value for name, value in zip(_PARTY_FIELDS, _of_party(party), strict=True) if value}


def invoice_row(series: Series, ordinal: int, document: Document, entry: Entry) -> str:
    """A row of `INVOICE_COLUMNS`."""
    return _row(
        *(series.pk, ordinal, entry.number, time_text(entry.issued_at), document.seller.name, document.buyer.name),
        *(entry.currency, entry.vat_rate, entry.subtotal, entry.vat_amount, entry.total_amount, entry.kind),
    )


def document_row(invoice_id: int, document: Document, sealed: Sealed, corrects_id: int | None) -> str:
    """A row of `DOCUMENT_COLUMNS`."""
    seller, buyer = _json(sealed.seller), _json(sealed.buyer)
    return _row(
        *(invoice_id, seller, buyer, document.due_date, document.source, document.external_id, corrects_id),
        *(document.reason, document.note),
    )


def line_rows(invoice_id: int, document: Document) -> Iterator[str]:
    """The rows of `LINE_COLUMNS`."""
    for position, line in enumerate(document.lines, start=1):
        numbers = (line.quantity, line.unit_price, line.vat_rate, line.net)
        yield _row(invoice_id, position, line.description, line.product_code, *numbers)


def seal(number: str, document: Document) -> Sealed:
    """What the chain vouches for."""
    subtotal, vat = document.subtotal, document.vat_amount
    entry = Entry(
        number=number,
        kind=document.kind,
        issued_at=document.issued_at,
        currency=document.currency,
        vat_rate=document.vat_rate,
        subtotal=subtotal,
        vat_amount=vat,
        total_amount=subtotal + vat,
        due_date=document.due_date,
        source=document.source,
        external_id=document.external_id,
        corrects=document.corrects,
        lines=document.lines,
    )
    remarks = (document.reason, document.note)
    return Sealed(entry=entry, seller=party_json(document.seller), buyer=party_json(document.buyer), remarks=remarks)


def _row(*values: Any) -> str:
    return "\t".join(map(_field, values)) + "\n"


def _field(value: Any) -> str:
    if value is None:
        return NULL
    return copy_text(value) if isinstance(value, str) else str(value)


def _json(content: Sequence[Any] | dict[str, str]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
