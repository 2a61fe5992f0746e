"""Supplier bills: documents of a file that is imported into a series of kind purchase, which counts in no sales figure.

The series numbers them. A bill keeps the number of its supplier as business term BT-1, and is known again by its supplier
and that number.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from invoices.documents.types import Document, Kind
from invoices.models import Series
from stores.scope import narrow

LONGEST_ID = 200
NUMBER = "BT-1"


def is_of_purchases(prefix: str) -> bool:
    """Whether the series of that prefix holds supplier bills."""
    return narrow(Series.objects.filter(prefix=prefix, kind=Series.Kind.PURCHASE), "store_id").exists()


def ensure_credit_series(prefix: str, credit_prefix: str) -> None:
    """Open the series for the credit notes of suppliers beside that of their bills, if it is not there."""
    bills = Series.objects.get(prefix=prefix)
    Series.objects.get_or_create(
        prefix=credit_prefix,
        defaults={
            "kind": Series.Kind.PURCHASE,
            "document": Kind.CREDIT_NOTE,
            "feed_id": bills.feed_id,
            "store_id": bills.store_id,
            "timezone": bills.timezone,
        },
    )


def as_bill(document: Document) -> Document:
    """The document without its number, which is that of the supplier."""
    if document.number is None:
        return document
    return replace(
        document,
        number=None,
        external_id=_id_of(document.number, document.seller.vat_id or document.seller.name),
        terms={**document.terms, NUMBER: document.number},
    )


def is_bill(document: Document) -> bool:
    """Whether `as_bill` has made it."""
    return NUMBER in document.terms


def _id_of(number: str, supplier: str) -> str:
    identity = f"{number} {supplier}"
    if len(identity) <= LONGEST_ID:
        return identity
    return f"{number} {hashlib.sha256(supplier.encode()).hexdigest()}"
