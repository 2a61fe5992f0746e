"""Deleting the documents of test series, with all that belongs to them; the database refuses it for all others."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from invoices.models import Credit, Document, Erasure, GroupCredit, Invoice, Line, VatGroup

# The invoices go last: the triggers look up their series.
_PARTS = (Line, VatGroup, GroupCredit, Credit, Erasure, Document)


@transaction.atomic
def delete_test_invoices(ids: Sequence[int]) -> int:
    """Delete the invoices and credit notes with these ids; returns how many."""
    # Generated invoices have none of it.
    has_parts = Document.objects.filter(invoice_id__in=ids).exists()
    for part in _PARTS if has_parts else ():
        part.objects.filter(invoice_id__in=ids)._raw_delete(using="default")
    count: int = Invoice.objects.filter(id__in=ids)._raw_delete(using="default")
    return count
