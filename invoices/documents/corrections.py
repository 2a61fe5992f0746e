"""What credit notes correct, and how much of it is left to be credited."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from invoices.documents.types import Document, Kind
from invoices.validation.document import Finding

_FIND = """
SELECT i.id, i.invoice_number, i.kind, i.currency, i.total_amount, coalesce(c.credited_amount, 0)
FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id AND s.kind <> 'test'
LEFT JOIN invoices_credit c ON c.invoice_id = i.id WHERE i.invoice_number = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A real document that something corrects, or may: its total, and how much of it was credited so far."""

    id: int
    number: str
    kind: str
    currency: str
    total: Decimal
    credited: Decimal

    @property
    def left(self) -> Decimal:
        return self.total - self.credited


def find_corrected(numbers: Collection[str]) -> dict[str, Corrected]:
    """The real documents with these numbers, by number; those that are not there are missing."""
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [list(numbers)])
        return {row[1]: Corrected(*row) for row in cursor.fetchall()}


def check_correction(
    document: Document, corrected: Corrected | None, *, already: Decimal = Decimal(0)
) -> Finding | None:
    """What keeps `document` from correcting `corrected`, of which `already` is being credited at the same time."""
    message = None
    if corrected is None:
        message = f"No real invoice has the number {(document.corrects or '')[:60]!r}; give one that was issued."
    elif corrected.kind != Kind.INVOICE:
        message = f"{corrected.number} is a credit note, which nothing corrects; name the invoice."
    elif corrected.currency != document.currency:
        message = (
            f"{corrected.number} is in {corrected.currency}, the credit note in {document.currency}; use its currency."
        )
    elif document.total_amount > corrected.left - already:
        left = corrected.left - already
        message = (
            f"{document.total_amount} is more than the {left} that is left of {corrected.number} "
            f"({corrected.total}, {corrected.credited + already} credited); credit at most that."
        )
    return None if message is None else Finding(field="corrects", message=message)
