"""The entry point for real documents: numbers, rows, VAT groups, lines, what they correct, chain links and the announcement.

One transaction holds all of it; its locks are taken in the published order (docs/locks.md), and by one statement for all
series, so that two that issue in several series never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from django.db import connection, transaction

from invoices.documents import chain, encoding
from invoices.documents.amounts import Amounts, amounts_of
from invoices.documents.corrections import Corrected, check_correction, find_corrected
from invoices.documents.credits import as_rounded, fit
from invoices.documents.encoding import Numbered
from invoices.documents.gross import settle
from invoices.documents.types import Document, Kind
from invoices.issue import Issued, log_on_commit, take
from invoices.models import Series
from invoices.validation.amounts import lint_amounts
from invoices.validation.document import check_number, lint
from invoices.validation.finding import Finding
from streaming import feed as feeds

_COPY = "COPY {table} ({columns}) FROM STDIN"
_COPY_INVOICES = _COPY.format(table="invoices_invoice", columns=", ".join(encoding.INVOICE_COLUMNS))
_COPY_DOCUMENTS = _COPY.format(table="invoices_document", columns=", ".join(encoding.DOCUMENT_COLUMNS))
_COPY_GROUPS = _COPY.format(table="invoices_vatgroup", columns=", ".join(encoding.GROUP_COLUMNS))
_COPY_LINES = _COPY.format(table="invoices_line", columns=", ".join(encoding.LINE_COLUMNS))
_IDS = "SELECT id FROM invoices_invoice WHERE series_id = %s AND ordinal BETWEEN %s AND %s ORDER BY ordinal"


class BadDocument(ValueError):
    """The document at `index` cannot be issued as it is; `findings` say why."""

    def __init__(self, index: int, findings: Sequence[Finding]) -> None:
        super().__init__(f"Document {index + 1}: " + " ".join(f"{each.field}: {each.message}" for each in findings))
        self.index = index
        self.findings = list(findings)


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """The documents of one series, with its numbers taken; `offset` is the place of the first among all documents."""

    series: Series
    documents: Sequence[Document]
    offset: int

    @property
    def first_ordinal(self) -> int:
        return self.series.last_ordinal - len(self.documents) + 1


@transaction.atomic
def issue_documents(*, series_id: int, documents: Sequence[Document], announce: bool = True) -> Issued:
    """Issue `documents`, in their order, in series `series_id`, which holds their kind.

    Raises `SeriesClosed`, `BadDocument` for one that breaks a rule, and `django.db.IntegrityError` for one that breaks
    a rule with others in the database: a number or external id that is there, credit beyond the invoice's total. Then
    nothing was issued and no number was spent.
    """
    return issue_in_several({series_id: documents}, announce=announce)[series_id]


@transaction.atomic
def issue_in_several(
    groups: Mapping[int, Sequence[Document]], *, announce: bool = True, is_checked: bool = False
) -> dict[int, Issued]:
    """Issue documents in several series in one transaction; `groups` has them by series id. Raises as `issue_documents`.

    The index in `BadDocument` counts through all documents in the order of `groups`.

    Invoices are written first: credit notes of the same call may correct them. `is_checked`: the caller has linted them
    already, which for thousands of lines is better done before any lock.
    """
    if not is_checked:
        check_all([document for documents in groups.values() for document in documents])
    offsets = dict(zip(groups, accumulate(map(len, groups.values()), initial=0), strict=False))
    taken = {pk: take(pk, len(groups[pk]), whole=True) for pk in sorted(groups)}
    batches = [_Batch(series=taken[pk], documents=groups[pk], offset=offsets[pk]) for pk in sorted(groups)]
    for kind in (Kind.INVOICE, Kind.CREDIT_NOTE):
        _write([batch for batch in batches if batch.series.document == kind])
    issued = {batch.series.pk: _issued(batch) for batch in batches}
    if announce:
        announce_all(issued.values())
    return issued


def announce_all(issued: Iterable[Issued]) -> None:
    """Put what was issued on its feeds, in the caller's transaction and after all else in it. Purchases have no screen."""
    for one in issued:
        if one.series.kind != Series.Kind.PURCHASE:
            feeds.announce(
                one.series.feed_id, origin_id=one.series.pk, first_ordinal=one.first_ordinal, count=one.count
            )


def check_all(documents: Sequence[Document]) -> None:
    """Raises `BadDocument` for the first that has findings."""
    if not documents:
        raise ValueError("There is nothing to issue; give at least one document.")
    for index, document in enumerate(documents):
        if findings := lint(document):
            raise BadDocument(index, findings)


def settled(document: Document, corrected: Corrected | None) -> tuple[Document, Amounts]:
    """The document with net prices and the VAT that it is issued with; a credit note as what is left allows."""
    if corrected is None or corrected.currency != document.currency:
        net = settle(document)
        return net, amounts_of(net)
    net = fit(document, corrected.groups)
    amounts = amounts_of(net)
    return net, replace(amounts, groups=tuple(as_rounded(group, corrected.groups) for group in amounts.groups))


def _write(batches: Sequence[_Batch]) -> None:
    """Write the rows of all `batches`, table by table."""
    if not batches:
        return
    corrected = find_corrected({one.corrects for batch in batches for one in batch.documents if one.corrects})
    numbered = [_number(batch, corrected) for batch in batches]
    _copy(_COPY_INVOICES, (encoding.invoice_row(batch.series, one) for batch, one in _each(batches, numbered)))
    rows: list[str] = []
    groups: list[str] = []
    lines: list[str] = []
    for batch, ones in zip(batches, numbered, strict=True):
        for pk, one in zip(_ids(batch), ones, strict=True):
            found = corrected.get(one.document.corrects or "")
            rows.append(encoding.document_row(pk, one, None if found is None else found.id))
            groups.extend(encoding.group_rows(pk, one))
            lines.extend(encoding.line_rows(pk, one))
    _copy(_COPY_DOCUMENTS, rows)
    _copy(_COPY_GROUPS, groups)
    _copy(_COPY_LINES, lines)
    for batch, ones in zip(batches, numbered, strict=True):
        chain.append(batch.series, batch.first_ordinal, [one.sealed for one in ones])
        log_on_commit(len(ones), ones[0].number, ones[-1].number)


def _number(batch: _Batch, corrected: Mapping[str, Corrected]) -> list[Numbered]:
    """The documents of `batch` as they are issued; raises `BadDocument`."""
    series, found = batch.series, []
    for index, document in enumerate(batch.documents):
        target = None if document.corrects is None else corrected.get(document.corrects)
        net, amounts = settled(document, target)
        findings = [*_belongs(series, document)] or lint_amounts(net, amounts, may_be_zero=series.allows_zero_totals)
        if not findings and document.corrects is not None:
            day = series.day_of(document.issued_at)
            findings = check_correction(net, amounts, day, series.kind, target)
        if findings:
            raise BadDocument(batch.offset + index, findings)
        if target is not None:
            target.take(net, amounts)
        found.append(encoding.numbered(series, batch.first_ordinal + index, net, amounts))
    return found


def _each(batches: Sequence[_Batch], numbered: Sequence[list[Numbered]]) -> Iterable[tuple[_Batch, Numbered]]:
    return ((batch, one) for batch, ones in zip(batches, numbered, strict=True) for one in ones)


def _ids(batch: _Batch) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_IDS, [batch.series.pk, batch.first_ordinal, batch.series.last_ordinal])
        return [pk for (pk,) in cursor.fetchall()]


def _issued(batch: _Batch) -> Issued:
    numbers = (
        encoding.number_of(batch.series, ordinal, document)
        for ordinal, document in enumerate(batch.documents, start=batch.first_ordinal)
    )
    first, count = batch.first_ordinal, len(batch.documents)
    return Issued(series=batch.series, first_ordinal=first, count=count, given=tuple(numbers))


def _belongs(series: Series, document: Document) -> Iterable[Finding]:
    """Whether `series` is for such a document."""
    if series.kind == Series.Kind.TEST and series.feed_id == "demo":
        yield Finding(field="series", message=f"Series {series.prefix} is for generated invoices alone.")
    if series.document != document.kind:
        yield Finding(
            field="kind",
            message=f"Series {series.prefix} holds {series.get_document_display()}s; give others a series of their own.",
        )
    if (document.number is not None) != (series.kind == Series.Kind.EXTERNAL):
        yield Finding(
            field="number",
            message=f"Series {series.prefix} is {series.kind} and the number is {document.number!r}; "
            "external series take the source's numbers, all others make their own.",
        )
    if (too_long := check_number(series.prefix, document.number)) is not None:
        yield too_long


def _copy(statement: str, rows: Iterable[str]) -> None:
    # Django translates what `execute` raises, but not what `copy` does.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("".join(rows).encode())
