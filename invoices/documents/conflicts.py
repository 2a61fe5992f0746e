"""Rules that a document keeps with others: no number and no external id twice, no credit beyond an invoice's total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from invoices.documents.corrections import Corrected, check_correction, find_corrected
from invoices.documents.types import Document
from invoices.models import Document as StoredDocument
from invoices.models import Invoice, Series
from invoices.validation.document import Finding


class Conflicts:
    """What is there already of the documents that are to be issued, and what they add to it one after the other."""

    def __init__(self, wanted: Sequence[tuple[Series, Document]]) -> None:
        documents = [document for _, document in wanted]
        self._numbers = _numbers_there([_number(series, document) for series, document in wanted])
        self._external_ids = _external_ids_there(documents)
        self._corrected = find_corrected({one.corrects for one in documents if one.corrects is not None})
        self._credits: defaultdict[str, Decimal] = defaultdict(Decimal)

    def of_identity(self, series: Series, document: Document) -> Finding | None:
        """Whether its number or external id is taken."""
        number = _number(series, document)
        if number in self._numbers:
            return Finding(field="number", message=f"{number} was issued already; a number is given once.")
        held_by = self._external_ids.get((document.source, document.external_id))
        if document.external_id and held_by is not None:
            return Finding(
                field="external_id",
                message=f"{document.external_id[:60]!r} was issued already, as {held_by or 'one of this batch'}.",
            )
        return None

    def of_correction(self, document: Document) -> Finding | None:
        """Whether it can correct what it says that it does."""
        if document.corrects is None:
            return None
        already = self._credits[document.corrects]
        return check_correction(document, self._corrected.get(document.corrects), already=already)

    def add(self, series: Series, document: Document) -> None:
        """Count on `document` being issued."""
        number = _number(series, document)
        if number is not None:
            self._numbers.add(number)
            made = Corrected(0, number, document.kind, document.currency, document.total_amount, Decimal(0))
            self._corrected.setdefault(number, made)
        if document.external_id:
            self._external_ids[document.source, document.external_id] = number or ""
        if document.corrects is not None:
            self._credits[document.corrects] += document.total_amount


def _number(series: Series, document: Document) -> str | None:
    """The number that it will have, where that is known before."""
    return None if document.number is None else f"{series.prefix}-{document.number}"


def _numbers_there(numbers: Sequence[str | None]) -> set[str]:
    wanted = [number for number in numbers if number is not None]
    return set(Invoice.objects.filter(invoice_number__in=wanted).values_list("invoice_number", flat=True))


def _external_ids_there(documents: Sequence[Document]) -> dict[tuple[str, str], str]:
    """The numbers of what was issued under these external ids, by source and external id."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for document in documents:
        if document.external_id:
            ids[document.source].add(document.external_id)
    found = {}
    for source, wanted in ids.items():
        rows = StoredDocument.objects.filter(source=source, external_id__in=wanted).exclude(external_id="")
        for external_id, number in rows.values_list("external_id", "invoice__invoice_number"):
            found[source, external_id] = number
    return found
