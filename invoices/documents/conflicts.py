"""Rules that a document keeps with others: no number and no external id twice, dates in order, credits within an invoice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from invoices.documents.amounts import Amounts, with_total, with_vat
from invoices.documents.corrections import Corrected, check_correction, find_corrected
from invoices.documents.credits import Left
from invoices.documents.encoding import number_of
from invoices.documents.issue import settled
from invoices.documents.types import Accept, Document
from invoices.models import Document as StoredDocument
from invoices.models import Invoice, Series
from invoices.validation.amounts import lint_amounts
from invoices.validation.finding import Finding

ONE_DAY = timedelta(days=1)


class Conflicts:
    """Compares documents that are to be issued with the issued ones, and with those before them in the same batch."""

    def __init__(self, wanted: Sequence[tuple[Series, Document]], now: datetime) -> None:
        documents = [document for _, document in wanted]
        self._now = now
        self._numbers = _numbers_there([_number(series, document) for series, document in wanted])
        self._external_ids = _external_ids_there(documents)
        self._corrected = find_corrected({one.corrects for one in documents if one.corrects is not None})
        self._newest = _newest_days({series.pk for series, _ in wanted})

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

    def of_date(self, series: Series, document: Document) -> Finding | None:
        """Whether a document of one of our own series is dated out of order, and the sender has not accepted that."""
        if document.number is not None or series.kind == Series.Kind.PURCHASE:
            return None
        day, newest = series.day_of(document.issued_at), self._newest.get(series.pk)
        tomorrow = series.day_of(self._now.astimezone(document.issued_at.tzinfo)) + ONE_DAY
        if day > tomorrow and Accept.FUTURE_DATE not in document.accepted:
            message = f'{day} is after tomorrow, {tomorrow}; use another date, or accept "future-date".'
            return Finding(field="invoice_date", message=message, rule=Accept.FUTURE_DATE)
        if newest and day < newest and Accept.BEFORE_NEWEST not in document.accepted:
            message = (
                f"{day} is before {newest}, the day of the newest document in series {series.prefix}; "
                'use a later date, or accept "before-newest".'
            )
            return Finding(field="invoice_date", message=message, rule=Accept.BEFORE_NEWEST)
        return None

    def of_amounts(
        self, series: Series, document: Document, total: Decimal | None
    ) -> tuple[Document, Amounts, list[Finding]]:
        """The document with net prices and its sums, as it would be issued, and what keeps it from being so.

        `total` is what its sender comes to; VAT that is not given may differ from ours within its bound to reach it.
        """
        corrected = None if document.corrects is None else self._corrected.get(document.corrects)
        net, amounts = settled(document, corrected)
        if total is not None and total != amounts.total_amount:
            found = None if document.vat else with_total(net, amounts, total)
            if found is None:
                return net, amounts, [_wrong_total(total, amounts)]
            net, amounts = with_vat(net, found.groups), found
        findings = lint_amounts(net, amounts, may_be_zero=series.allows_zero_totals)
        if not findings and document.corrects is not None:
            day = series.day_of(document.issued_at)
            findings = check_correction(net, amounts, day, series.kind, corrected)
        return net, amounts, findings

    def add(self, series: Series, document: Document, amounts: Amounts) -> None:
        """Count on `document` being issued."""
        number, day = _number(series, document), series.day_of(document.issued_at)
        self._newest[series.pk] = day
        if number is not None:
            self._numbers.add(number)
            self._corrected.setdefault(number, _made(series, number, day, document, amounts))
        if document.external_id:
            self._external_ids[document.source, document.external_id] = number or ""
        if document.corrects is not None and (corrected := self._corrected.get(document.corrects)):
            corrected.take(document, amounts)


def _wrong_total(total: Decimal, amounts: Amounts) -> Finding:
    message = f"{total} is not what the lines and their VAT come to, {amounts.total_amount}; look at them."
    return Finding(field="total_amount", message=message)


def _made(series: Series, number: str, day: date, document: Document, amounts: Amounts) -> Corrected:
    """A document of the same batch, as credit notes of it will find it."""
    groups = {
        (one.rate, one.category): Left(one.rate, one.category, one.net, one.vat, one.roundings)
        for one in amounts.groups
    }
    return Corrected(
        id=0, number=number, kind=document.kind, currency=document.currency, total=amounts.total_amount, day=day,
        seller=document.seller, buyer=document.buyer, series_kind=series.kind, groups=groups,
    )  # fmt: skip


def _number(series: Series, document: Document) -> str | None:
    """The number that it will have, where that is known before."""
    return None if document.number is None else number_of(series, 0, document)


def _numbers_there(numbers: Sequence[str | None]) -> set[str]:
    wanted = [number for number in numbers if number is not None]
    return set(Invoice.objects.filter(invoice_number__in=wanted).values_list("invoice_number", flat=True))


def _newest_days(series: set[int]) -> dict[int, date]:
    """The day of the newest document of each series that has one; the caller has locked them."""
    found = {}
    for one in Series.objects.filter(pk__in=series, last_ordinal__gt=0):
        rows = Invoice.objects.filter(series=one, ordinal=one.last_ordinal)
        for day, moment in rows.values_list("document__day", "invoice_date"):
            found[one.pk] = day or moment.date()
    return found


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
