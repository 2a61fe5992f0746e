"""A document that was read, in the form in which `POST /api/invoices` takes it: without fields that are empty."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from invoices import money
from invoices.documents.amounts import amounts_of
from invoices.documents.gross import settle
from invoices.documents.types import Document, GivenVat
from runtime.formats import iso

_NAMES = {"issued_at": "invoice_date", "accepted": "accept"}


def present_document(document: Document, series: str) -> dict[str, Any]:
    """The document for `series`, the prefix of the source's own numbers; `total_amount` is what it comes to."""
    found = _record(replace(document, source=""))
    found["kind"] = str(document.kind)
    if document.number is not None:
        found["series"] = series
    if document.corrects is None:
        found["total_amount"] = money.text(amounts_of(settle(document)).total_amount)
    return found


def _record(record: Any) -> dict[str, Any]:
    values = ((field, getattr(record, field.name)) for field in fields(record))
    found = {_NAMES.get(field.name, field.name): _value(value) for field, value in values if value != _default(field)}
    if isinstance(record, GivenVat) and "vat_category" in found:
        found["category"] = found.pop("vat_category")
    return found


def _default(field: Field[Any]) -> Any:
    """What an optional field is when it is empty; a field without a default is always written, also when it is zero."""
    return field.default if field.default_factory is MISSING else field.default_factory()


def _value(value: Any) -> Any:
    if isinstance(value, bool | dict):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_value(each) for each in value]
    return _record(value) if hasattr(value, "__dataclass_fields__") else str(value)
