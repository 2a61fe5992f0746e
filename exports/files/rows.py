"""The rows of a file: one snapshot, in the order of issue, a few thousand in memory at a time.

A cursor of the server's hands them out. Its statements have limits of their own, longer than those of a serving process,
and a reader that stops reading for `IDLE_SECONDS` loses the snapshot, which would keep the database from cleaning up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf, TruncDate

from exports.files import sums
from invoices.documents.read import load_documents
from invoices.documents.types import IssuedDocument
from invoices.models import Invoice

CHUNK = 2000
DOCUMENTS = 200
FETCH_SECONDS = 300
IDLE_SECONDS = 60
_UTC = TruncDate("invoice_date", tzinfo=UTC)
_PREPAID = Coalesce(F("document__prepaid_amount"), Decimal(0))
_ROUNDING = Coalesce(F("document__rounding_amount"), Decimal(0))
# By name: the field, or what it is computed from.
COLUMNS: dict[str, Any] = {
    "invoice_number": "invoice_number",
    "invoice_date": "invoice_date",
    "seller_name": "seller_name",
    "buyer_name": "buyer_name",
    "currency": "currency",
    "vat_rate": "vat_rate",
    "subtotal": "subtotal",
    "vat_amount": "vat_amount",
    "total_amount": "total_amount",
    "kind": "kind",
    "due_date": "document__due_date",
    "corrects": "document__corrects__invoice_number",
    "source": "document__source",
    "external_id": "document__external_id",
    "printed_number": Coalesce(NullIf(F("printed_number"), Value("")), F("invoice_number")),
    "invoice_day": Coalesce(F("document__day"), _UTC),
    "prepaid_amount": _PREPAID,
    "rounding_amount": _ROUNDING,
    "payable_amount": F("total_amount") - _PREPAID + _ROUNDING,
}
NAMES = (*COLUMNS, *sums.NAMES)
# What `sums.add_sums` needs of a row.
_KEYS = ("document__invoice_id", "document__adjustments", "vat_rate", "subtotal", "vat_amount")


def read_rows(chosen: QuerySet[Invoice]) -> Iterator[list[tuple[Any, ...]]]:
    """The values of `NAMES`, chunk by chunk."""
    with snapshot():
        values = chosen.order_by("pk").values_list(*COLUMNS.values(), *_KEYS).iterator(chunk_size=CHUNK)
        while chunk := list(islice(values, CHUNK)):
            yield sums.add_sums(chunk)


def read_documents(chosen: QuerySet[Invoice]) -> Iterator[IssuedDocument]:
    """The documents, whole."""
    with snapshot():
        keys = chosen.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=CHUNK)
        while chunk := list(islice(keys, DOCUMENTS)):
            yield from load_documents(chunk)


@contextmanager
def snapshot() -> Iterator[None]:
    """One snapshot of the database, with the limits of time of a file."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(f"SET LOCAL statement_timeout = '{FETCH_SECONDS}s'")
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
            # All rows are wanted, not the first ones soon.
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
        yield
