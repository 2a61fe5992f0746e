"""Takes records of transactions: issues what they lead to, and keeps the newest state of each transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace

from integrations.pipes.entities.reading import Values
from integrations.pipes.outcomes import Context, Outcomes, Records
from integrations.pipes.transactions import states, storage
from integrations.pipes.transactions.documents import SumsDiffer, Terms, credit_of, invoice_of
from integrations.pipes.transactions.knowledge import note_people_and_goods, read_terms
from integrations.pipes.transactions.series import prefixes_of
from integrations.pipes.transactions.states import COMPLETED, Known, Step
from integrations.pipes.transactions.storage import Case
from invoices.documents.types import Document, Kind
from invoices.intake import CONFLICT, Offer, Outcome, lock_for, take_in_unannounced
from invoices.issue import Issued
from quality.rules import RECORD_RULES

# The number of a document that is drafted and not issued yet.
DRAFT = "draft"


class _DiffersFromDraft(Exception):
    """The record differs from one before it, of which it is not known yet whether it is issued."""


@dataclass(slots=True)
class _Wanted:
    """A record that changes its transaction, and the documents that it leads to."""

    line: int
    values: Values
    status: str
    digest: bytes
    case: Case
    invoice: Document | None = None
    credit: Document | None = None


def take_transactions(context: Context, records: Records, outcomes: Outcomes) -> None:
    """Take the records in their order. One whose documents are refused is kept back."""
    several = [record.values for record in records.values()]
    prefixes = prefixes_of(context.pipe, context.store)
    note_people_and_goods(context, records)
    terms = read_terms(context, several)
    cases = storage.read_cases(context.pipe, several)
    wanted, later = [], {}
    for line, record in records.items():
        try:
            one = _plan(line, record.values, cases, terms, outcomes)
        except _DiffersFromDraft:
            later[line] = record
        else:
            wanted += [] if one is None else [one]
    _issue(wanted, prefixes, outcomes)
    for one in wanted:
        _conclude(one, outcomes)
    storage.keep_cases(context, cases.values())
    if later:
        take_transactions(context, later, outcomes)


def _plan(line: int, values: Values, cases: dict[str, Case], terms: Terms, outcomes: Outcomes) -> _Wanted | None:
    """What the record changes; None where it changes nothing or is kept back. Raises `_DiffersFromDraft`."""
    status, digest = states.status_of(values), states.digest_of(values)
    case = cases.setdefault(values["transaction_id"], Case(key=values["transaction_id"]))
    step = states.decide(case.known, status, digest)
    if step == Step.DUPLICATE:
        outcomes.duplicates.add(line)
        return None
    if step == Step.DIFFERS:
        if case.known is not None and case.known.number == DRAFT:
            raise _DiffersFromDraft
        message = f"{case.key} was invoiced with another content or status; correct its invoice by a credit note."
        outcomes.hold(line, "differs", message)
        return None
    one = _Wanted(line, values, status, digest, case)
    try:
        _draft(one, step, terms)
    except SumsDiffer as error:
        outcomes.hold(line, "sums-differ", str(error))
        return None
    return one


def _draft(one: _Wanted, step: Step, terms: Terms) -> None:
    """Draft the documents, and let later records of the chunk find them."""
    case, known = one.case, one.case.known or Known(status="", digest=b"")
    if step in (Step.ISSUE, Step.ISSUE_AND_CREDIT):
        case.invoice = one.invoice = invoice_of(one.values, terms)
        known = replace(known, number=DRAFT)
    if step in (Step.CREDIT, Step.ISSUE_AND_CREDIT) and case.invoice is not None:
        one.credit = credit_of(case.invoice, one.values, terms)
        known = replace(known, credit_number=DRAFT)
    case.known = replace(known, status=one.status, digest=one.digest)


def _issue(wanted: list[_Wanted], prefixes: dict[Kind, str], outcomes: Outcomes) -> None:
    """Issue the invoices, then the credit notes of those that are issued; the caller announces them."""
    invoices = [(one, Offer(document=one.invoice, prefix=prefixes[Kind.INVOICE])) for one in wanted if one.invoice]
    drafts = [(one, Offer(document=one.credit, prefix=prefixes[Kind.CREDIT_NOTE])) for one in wanted if one.credit]
    lock_for([offer for _, offer in (*invoices, *drafts)])
    issued = _take_in(invoices, outcomes)
    credits = []
    for one, offer in drafts:
        if one.case.number:
            credits.append((one, replace(offer, document=replace(offer.document, corrects=one.case.number))))
        elif one.line not in outcomes.faults:
            outcomes.hold(
                one.line, "refused", f"The invoice of {one.case.key} was not issued; correct that record first."
            )
    outcomes.issued += [*issued, *_take_in(credits, outcomes)]


def _take_in(several: list[tuple[_Wanted, Offer]], outcomes: Outcomes) -> list[Issued]:
    results, issued = take_in_unannounced([offer for _, offer in several]) if several else ([], [])
    for (one, offer), outcome in zip(several, results, strict=True):
        if outcome.number is None:
            _refuse(one, outcome, outcomes)
        elif offer.document.kind == Kind.INVOICE:
            one.case.number = outcome.number
        else:
            one.case.credit_number = outcome.number
    return issued


def _refuse(one: _Wanted, outcome: Outcome, outcomes: Outcomes) -> None:
    findings = outcome.findings
    rule = "refused" if outcome.status == CONFLICT else "invalid"
    if findings and findings[0].rule in RECORD_RULES:
        rule = findings[0].rule
    outcomes.hold(one.line, rule, " ".join(f"{each.field}: {each.message}" for each in findings[:5]))


def _conclude(one: _Wanted, outcomes: Outcomes) -> None:
    """Let the case be what its documents are: an invoice stays issued where its credit note was refused."""
    is_held = one.line in outcomes.faults
    if not is_held:
        outcomes.accepted.add(one.line)
        one.case.settle(one.status, one.digest, one.line)
    elif one.invoice is not None and one.case.number:
        one.case.settle(COMPLETED, one.digest, one.line)
