"""Issues documents from the API and from files: each one is issued or refused by itself, all in one transaction.

Broken rules are found before a number is used, while the series are locked, so nothing changes until the documents are
written. Only the database finds what another transaction does at the same time (an external id, a credit). It refuses
the whole batch then, and the halves of the batch are tried again until the refused document is alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
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
from invoices.validation.finding import Finding
from invoices.validation.profiles import Profile, find_missing

INVALID, CONFLICT = 422, 409


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A document, and the `prefix` of the series to issue it in; None for the product's own series of its kind.

    `total_amount` is the total of the sender. VAT amounts that are not given are chosen within their bound to reach it;
    the offer is refused when that is impossible. `profile` requires all data of an e-invoice of that profile.
    `is_linted`: the caller has linted the document already. The rules that the sender accepts are in the document
    (`accepted`); orders of shops and of our checkout accept `future-date` and `before-newest`.
    """

    document: Document
    prefix: str | None = None
    total_amount: Decimal | None = None
    profile: Profile | None = None
    is_linted: bool = False

    def lint(self) -> list[Finding]:
        """The rules that the document breaks by itself, whatever was issued before."""
        findings = [] if self.is_linted else lint(self.document)
        if (too_long := check_number(self.prefix or "", self.document.number)) is not None:
            findings.append(too_long)
        if self.profile and not findings:
            missing = find_missing(self.document, self.profile)
            findings += [replace(each, message=f"{each.message} ({each.rule})") for each in missing]
        return findings


@dataclass(kw_only=True, slots=True)
class Outcome:
    """The result of an offer: the number of the issued document, or else status 422 or 409 with the findings."""

    number: str | None = None
    status: int = 201
    findings: list[Finding] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class _Candidate:
    """An offer without broken rules of its own, with the series that it is issued in."""

    offer: Offer
    outcome: Outcome
    series: Series
    # From `_fits` on with net prices and the final VAT amounts.
    document: Document

    def refuse(self, status: int, *findings: Finding) -> None:
        self.outcome.status, self.outcome.findings = status, list(findings)


@transaction.atomic
def take_in(offers: Sequence[Offer], *, announce: bool = True) -> list[Outcome]:
    """Issue and announce the `offers` that break no rule; returns the outcome of each, in their order."""
    outcomes, issued = take_in_unannounced(offers)
    if announce:
        announce_all(issued)
    return outcomes


@transaction.atomic
def take_in_unannounced(offers: Sequence[Offer]) -> tuple[list[Outcome], list[Issued]]:
    """As `take_in`, for a caller that takes in more in its transaction: it announces what was issued at the end."""
    offers, outcomes = _name_as_issued(offers), [Outcome() for _ in offers]
    candidates, find = [], _series_finder()
    for offer, outcome in zip(offers, outcomes, strict=True):
        outcome.status = INVALID
        outcome.findings = offer.lint()
        if outcome.findings:
            continue
        found = find(offer)
        if isinstance(found, Series):
            candidates.append(_Candidate(offer=offer, outcome=outcome, series=found, document=offer.document))
        else:
            outcome.findings = [found]
    _lock({candidate.series.pk for candidate in candidates})
    return outcomes, _issue(_without_conflicts(candidates))


def lock_for(offers: Sequence[Offer]) -> None:
    """Lock the series of `offers` at once, for a caller that takes them in one after the other: see docs/locks.md."""
    find = _series_finder()
    _lock({found.pk for offer in offers if isinstance(found := find(offer), Series)})


def _series_finder() -> Callable[[Offer], Series | Finding]:
    """Finds the series that an offer is issued in, or why there is none."""
    series_of = lru_cache(maxsize=None)(_series_of)

    def find(offer: Offer) -> Series | Finding:
        document = offer.document
        found = series_of(offer.prefix, document.kind, document.number is None)
        return _of_year(found, document) if isinstance(found, Series) else found

    return find


def _of_year(series: Series, document: Document) -> Series:
    """The row of a yearly series for the year of `document`; any other series itself."""
    return all_series.of_year(series, series.day_of(document.issued_at).year) if series.is_yearly else series


def _name_as_issued(offers: Sequence[Offer]) -> list[Offer]:
    """The offers, in which each credit note names its invoice by the number that the invoice was issued under."""
    numbers = name_as_issued({offer.document.corrects for offer in offers})
    return [
        replace(offer, document=replace(offer.document, corrects=numbers[offer.document.corrects]))
        if offer.document.corrects in numbers
        else offer
        for offer in offers
    ]


def _series_of(prefix: str | None, kind: Kind, needs_number: bool) -> Series | Finding:
    """The result of `series_for`, or a finding with the reason why there is no series."""
    try:
        return series_for(prefix, kind, needs_number=needs_number)
    except all_series.WrongSeries as wrong:
        return Finding(field="series", message=str(wrong))


def series_for(prefix: str | None, kind: Kind, *, needs_number: bool) -> Series:
    """The series for documents of `kind`: one of ours when a document `needs_number`, else the sender's, which is opened.

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
    """Lock the rows of these series in the order of their ids, so that two calls cannot deadlock."""
    list(Series.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values("pk"))


def _without_conflicts(candidates: list[_Candidate]) -> list[_Candidate]:
    """The candidates that conflict with no issued document and with no other candidate.

    Invoices come first, because credit notes of the same batch may correct them.
    """
    conflicts = Conflicts([(candidate.series, candidate.document) for candidate in candidates], timezone.now())
    candidates = sorted(candidates, key=lambda one: one.document.kind == Kind.CREDIT_NOTE)
    return [candidate for candidate in candidates if _fits(candidate, conflicts)]


def _fits(candidate: _Candidate, conflicts: Conflicts) -> bool:
    """Whether the candidate can be issued. It then counts as issued for the candidates after it; otherwise it is refused."""
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
    """Issue the candidates that the database accepts, and refuse the others; returns the issued ones, not announced yet."""
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
