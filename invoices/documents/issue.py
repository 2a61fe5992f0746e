"""The entry point for real documents: numbers, rows, lines, corrections, links in the chain and the announcement.

One transaction holds all of it; its locks are taken in the published order (docs/locks.md), and by one statement for all
series, so that two that issue in several series never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from django.db import connection, transaction

from invoices.documents import chain, encoding
from invoices.documents.corrections import Corrected, check_correction, find_corrected
from invoices.documents.types import Document
from invoices.issue import Issued, log_on_commit, take
from invoices.models import Series
from invoices.validation.document import Finding, check_number, lint
from streaming import feed as feeds

_COPY = "COPY {table} ({columns}) FROM STDIN"
_COPY_INVOICES = _COPY.format(table="invoices_invoice", columns=", ".join(encoding.INVOICE_COLUMNS))
_COPY_DOCUMENTS = _COPY.format(table="invoices_document", columns=", ".join(encoding.DOCUMENT_COLUMNS))
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
    """The documents of one series, numbered, with their ids."""

    issued: Issued
    documents: Sequence[Document]
    sealed: Sequence[chain.Sealed]
    ids: Sequence[int]
    offset: int


@transaction.atomic
def issue_documents(*, series_id: int, documents: Sequence[Document], announce: bool = True) -> Issued:
    """Issue `documents`, in their order, in series `series_id`, a real series of their kind.

    Raises `SeriesClosed`, `BadDocument` for one that breaks a rule, and `django.db.IntegrityError` for one that breaks
    a rule with others in the database: a number or external id that is there, credit beyond the invoice's total. Then
    nothing was issued and no number was spent.
    """
    return issue_in_several({series_id: documents}, announce=announce)[series_id]


@transaction.atomic
def issue_in_several(
    groups: Mapping[int, Sequence[Document]], *, announce: bool = True, is_checked: bool = False
) -> dict[int, Issued]:
    """As `issue_documents`, in several series at once, by series id; `BadDocument` counts in the order of `groups`.

    `is_checked`: the caller has linted them already, which for thousands of lines is better done before any lock.
    """
    if not is_checked:
        check_all([document for documents in groups.values() for document in documents])
    taken = {pk: take(pk, len(groups[pk])) for pk in sorted(groups)}
    offsets = dict(zip(groups, accumulate(map(len, groups.values()), initial=0), strict=False))
    batches = [_write_invoices(taken[pk], groups[pk], offsets[pk]) for pk in sorted(groups)]
    _write_documents(batches, find_corrected(_numbers_corrected(batches)))
    for batch in batches:
        issued = batch.issued
        chain.append(issued.series, issued.first_ordinal, batch.sealed)
        log_on_commit(issued.count, issued.numbers[0], issued.numbers[-1])
    if announce:
        announce_all([batch.issued for batch in batches])
    return {batch.issued.series.pk: batch.issued for batch in batches}


def announce_all(issued: Iterable[Issued]) -> None:
    """Put what was issued on its feeds, in the caller's transaction and after all else in it."""
    for one in issued:
        feeds.announce(one.series.feed_id, origin_id=one.series.pk, first_ordinal=one.first_ordinal, count=one.count)


def check_all(documents: Sequence[Document]) -> None:
    """Raises `BadDocument` for the first that has findings."""
    if not documents:
        raise ValueError("There is nothing to issue; give at least one document.")
    for index, document in enumerate(documents):
        if findings := lint(document):
            raise BadDocument(index, findings)


def _write_invoices(series: Series, documents: Sequence[Document], offset: int) -> _Batch:
    first = series.last_ordinal - len(documents) + 1
    numbers = []
    for index, document in enumerate(documents):
        if findings := [*_belongs(series, document)]:
            raise BadDocument(offset + index, findings)
        numbers.append(encoding.number_of(series, first + index, document))
    sealed = [encoding.seal(number, document) for number, document in zip(numbers, documents, strict=True)]
    _copy(
        _COPY_INVOICES,
        (
            encoding.invoice_row(series, first + index, document, one.entry)
            for index, (document, one) in enumerate(zip(documents, sealed, strict=True))
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(_IDS, [series.pk, first, series.last_ordinal])
        ids = [pk for (pk,) in cursor.fetchall()]
    issued = Issued(series=series, first_ordinal=first, count=len(documents), given=tuple(numbers))
    return _Batch(issued=issued, documents=documents, sealed=sealed, ids=ids, offset=offset)


def _belongs(series: Series, document: Document) -> Iterable[Finding]:
    """Whether `series` is for such a document."""
    if series.kind == Series.Kind.TEST:
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


def _numbers_corrected(batches: Sequence[_Batch]) -> set[str]:
    return {one.corrects for batch in batches for one in batch.documents if one.corrects is not None}


def _write_documents(batches: Sequence[_Batch], corrected: Mapping[str, Corrected]) -> None:
    rows: list[str] = []
    lines: list[str] = []
    for batch in batches:
        each = zip(batch.ids, batch.documents, batch.sealed, strict=True)
        for index, (pk, document, sealed) in enumerate(each, start=batch.offset):
            corrects_id = None
            if document.corrects is not None:
                if finding := check_correction(document, corrected.get(document.corrects)):
                    raise BadDocument(index, [finding])
                corrects_id = corrected[document.corrects].id
            rows.append(encoding.document_row(pk, document, sealed, corrects_id))
            lines.extend(encoding.line_rows(pk, document))
    _copy(_COPY_DOCUMENTS, rows)
    _copy(_COPY_LINES, lines)


def _copy(statement: str, rows: Iterable[str]) -> None:
    # Django translates what `execute` raises, but not what `copy` does.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("".join(rows).encode())
