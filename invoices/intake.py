"""Documents that others send: each is issued or refused by itself, all that are issued in one transaction.

What can be refused is found before a number is spent, with the series locked, so that it is still so when the documents
are written. What another transaction does in the same moment (an external id, a credit) is found by the database; then
halves are tried, until the one that breaks a rule stands alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from django.db import IntegrityError, transaction
from django.utils import timezone

from invoices import series as all_series
from invoices.documents.conflicts import Conflicts
from invoices.documents.corrections import name_as_issued
from invoices.documents.issue import announce_all, issue_in_several
from invoices.documents.types import Document, Kind
from invoices.issue import Issued
from invoices.models import Series
from invoices.validation.document import check_number, lint
from invoices.validation.en16931 import find_missing
from invoices.validation.finding import Finding

INVALID, CONFLICT = 422, 409


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A document and the prefix of the series it is for; None for the one of ours that holds its kind.

    `total_amount` is what its sender comes to: VAT that is not given is chosen within its bound to reach it, and where
    that cannot be, the offer is refused. `is_e_invoice` asks for all that EN 16931 needs. What the sender accepts is in
    the document; orders of shops and our checkout accept `future-date` and `before-newest`. `is_linted`: the sender has
    linted the document already.
    """

    document: Document
    prefix: str | None = None
    total_amount: Decimal | None = None
    is_e_invoice: bool = False
    is_linted: bool = False

    def lint(self) -> list[Finding]:
        """The rules that the document breaks by itself, whatever was issued before."""
        findings = [] if self.is_linted else lint(self.document)
        if (too_long := check_number(self.prefix or "", self.document.number)) is not None:
            findings.append(too_long)
        if self.is_e_invoice:
            findings += [replace(each, message=f"{each.message} ({each.rule})") for each in find_missing(self.document)]
        return findings


@dataclass(kw_only=True, slots=True)
class Outcome:
    """The result of an offer: the number of the issued document, or else status 422 or 409 with the findings."""

    number: str | None = None
    status: int = 201
    findings: list[Finding] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class _Candidate:
    offer: Offer
    outcome: Outcome
    series: Series
    # With net prices and the VAT that it is issued with, once that is known.
    document: Document

    def refuse(self, status: int, *findings: Finding) -> None:
        self.outcome.status, self.outcome.findings = status, list(findings)


@transaction.atomic
def take_in(offers: Sequence[Offer], *, announce: bool = True) -> list[Outcome]:
    """Issue what can be of `offers`, and announce it; returns what became of each, in their order."""
    offers, outcomes = _name_as_issued(offers), [Outcome() for _ in offers]
    candidates, series_of = [], lru_cache(maxsize=None)(_series_of)
    for offer, outcome in zip(offers, outcomes, strict=True):
        document, outcome.status = offer.document, INVALID
        outcome.findings = offer.lint()
        if outcome.findings:
            continue
        found = series_of(offer.prefix, document.kind, document.number is None)
        if isinstance(found, Series):
            found = _of_year(found, document)
            candidates.append(_Candidate(offer=offer, outcome=outcome, series=found, document=document))
        else:
            outcome.findings = [found]
    _lock({candidate.series.pk for candidate in candidates})
    issued = _issue(_without_conflicts(candidates))
    if announce:
        announce_all(issued)
    return outcomes


def _of_year(series: Series, document: Document) -> Series:
    return all_series.of_year(series, series.day_of(document.issued_at).year) if series.is_yearly else series


def _name_as_issued(offers: Sequence[Offer]) -> list[Offer]:
    """The same, each credit note with the number of its invoice as that was issued."""
    numbers = name_as_issued({offer.document.corrects for offer in offers})
    return [
        replace(offer, document=replace(offer.document, corrects=numbers[offer.document.corrects]))
        if offer.document.corrects in numbers
        else offer
        for offer in offers
    ]


def _series_of(prefix: str | None, kind: Kind, needs_number: bool) -> Series | Finding:
    """The series for such documents, or why there is none."""
    try:
        return series_for(prefix, kind, needs_number=needs_number)
    except all_series.WrongSeries as wrong:
        return Finding(field="series", message=str(wrong))


def series_for(prefix: str | None, kind: Kind, *, needs_number: bool) -> Series:
    """The series that such documents are issued in: one that makes numbers, or the sender's own, which is opened.

    Raises `WrongSeries`.
    """
    if needs_number:
        return _own_series(prefix, kind)
    if prefix is None:
        raise all_series.WrongSeries("A document with a number of its own names the series it belongs to.")
    return all_series.ensure(prefix=prefix, kind=Series.Kind.EXTERNAL, document=kind)


def _own_series(prefix: str | None, kind: Kind) -> Series:
    if prefix is None:
        prefix = all_series.CREDIT_PREFIX if kind == Kind.CREDIT_NOTE else all_series.LIVE_PREFIX
    return all_series.that_numbers(prefix, kind)


def _lock(ids: Iterable[int]) -> None:
    list(Series.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values("pk"))


def _without_conflicts(candidates: list[_Candidate]) -> list[_Candidate]:
    """The candidates that conflict with no issued document and with no other candidate.

    Invoices come first, because credit notes of the same batch may correct them.
    """
    conflicts = Conflicts([(candidate.series, candidate.document) for candidate in candidates], timezone.now())
    candidates = sorted(candidates, key=lambda one: one.document.kind == Kind.CREDIT_NOTE)
    return [candidate for candidate in candidates if _fits(candidate, conflicts)]


def _fits(candidate: _Candidate, conflicts: Conflicts) -> bool:
    """Whether it can be issued; then it is counted on, else it is refused."""
    series, document = candidate.series, candidate.document
    if finding := conflicts.of_identity(series, document):
        candidate.refuse(CONFLICT, finding)
        return False
    if finding := conflicts.of_date(series, document):
        candidate.refuse(INVALID, finding)
        return False
    net, amounts, findings = conflicts.of_amounts(series, document, candidate.offer.total_amount)
    if findings:
        candidate.refuse(INVALID, *findings)
        return False
    conflicts.add(series, net, amounts)
    candidate.document = net
    return True


def _issue(candidates: list[_Candidate]) -> list[Issued]:
    """Issue what can be; returns what was, not announced yet."""
    if not candidates:
        return []
    try:
        with transaction.atomic():
            return _issue_all(candidates)
    except IntegrityError as error:
        if len(candidates) == 1:
            candidates[0].refuse(CONFLICT, _race(error))
            return []
    middle = len(candidates) // 2
    return _issue(candidates[:middle]) + _issue(candidates[middle:])


def _issue_all(candidates: list[_Candidate]) -> list[Issued]:
    groups: defaultdict[int, list[_Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[candidate.series.pk].append(candidate)
    documents = {pk: [one.document for one in group] for pk, group in groups.items()}
    issued = issue_in_several(documents, announce=False, is_checked=True)
    for pk, group in groups.items():
        for candidate, number in zip(group, issued[pk].numbers, strict=True):
            candidate.outcome.number, candidate.outcome.status = number, 201
    return list(issued.values())


def _race(error: IntegrityError) -> Finding:
    """The finding for a document that another transaction issued at the same time; `error` names the constraint."""
    fields = {
        "document_external_id_once": "external_id",
        "credit_within_invoice": "corrects",
        "credit_within_vat_group": "corrects",
    }
    rule = next((name for name in fields if name in str(error)), "")
    message = (
        "Another document with the same claim was issued in the same moment; look at it before you send this again."
    )
    return Finding(field=fields.get(rule, "number"), message=message)
