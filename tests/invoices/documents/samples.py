"""Documents that the tests are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from invoices.documents.issue import issue_documents
from invoices.documents.types import Document, Kind, Line, Party
from invoices.models import Series

SELLER = Party(name="Nordwind GmbH", street="Hafenstr. 1", city="Kiel", postcode="24103", country="DE", vat_id="DE1")
BUYER = Party(name="Ocean & Sons", email="ocean@example.org", external_id="17850")


def line(quantity: str = "1", unit_price: str = "100", vat_rate: str = "0.2", **more: Any) -> Line:
    values: dict[str, Any] = {"description": "Mug"} | more
    return Line(quantity=Decimal(quantity), unit_price=Decimal(unit_price), vat_rate=Decimal(vat_rate), **values)


def document(*lines: Line, **changes: Any) -> Document:
    values: dict[str, Any] = {
        "issued_at": datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
        "seller": SELLER,
        "buyer": BUYER,
        "currency": "EUR",
        "lines": lines or (line(),),
    }
    return Document(**values | changes)


def credit_note(*lines: Line, **changes: Any) -> Document:
    return document(*lines, kind=Kind.CREDIT_NOTE, **changes)


def ours(document: str = "invoice") -> Series:
    return Series.objects.get(prefix="CN" if document == Kind.CREDIT_NOTE else "INV")


def issue_one(one: Document) -> str:
    """Issue it in our own series; returns its number."""
    [number] = issue_documents(series_id=ours(one.kind).pk, documents=[one]).numbers
    return number
