"""Where a document's file comes from: off the disk, or from a job that is waited for a little."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from threading import BoundedSemaphore

from django.db import connection

from exports.renditions import store
from exports.renditions.keys import Form, Wanted, key_of
from invoices.documents.read import read_documents
from invoices.documents.types import IssuedDocument
from invoices.validation.profiles import Profile, find_missing
from jobs.models import Job
from jobs.operations import enqueue

KIND = "exports.render"
# An answer must come within the 2.7 s of `runtime.limits`; reading a long document takes a part of it.
WAIT_SECONDS, LOOK_SECONDS = 1.8, 0.05
# A document with more lines takes seconds: it is made in the queue of long jobs, and no request waits for it.
MOST_QUICK_LINES = 500
TITLES = {
    Profile.EN16931: "EN 16931",
    Profile.PEPPOL: "Peppol BIS Billing 3",
    Profile.XRECHNUNG: "XRechnung 3",
    Profile.FACTURX: "Factur-X, EN 16931",
}
# A waiting request holds a thread; further requests are asked to come again.
_waiting = BoundedSemaphore(8)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why a document is not a valid e-invoice: the field, or the place in the XML; the rule's id, its words."""

    field: str
    rule: str
    message: str


class NotValid(ValueError):
    """The document cannot be made into a valid e-invoice of `profile`."""

    def __init__(self, number: str, profile: Profile, faults: list[Fault]) -> None:
        super().__init__(f"{number[:60]} is not a valid e-invoice ({TITLES[profile]}).")
        self.faults = faults


class WrongSyntax(ValueError):
    """The profile is not written in this syntax."""


class NotMade(RuntimeError):
    """The job failed; nothing is known of the document."""


@dataclass(frozen=True, kw_only=True)
class Pending:
    """It is being made."""

    job: int


@dataclass(frozen=True, kw_only=True)
class Made:
    """The file."""

    content: bytes
    key: str


def obtain(number: str, wanted: Wanted) -> Made | Pending:
    """The file of the document `number`.

    Raises `UnknownInvoice`, `WrongSyntax`, `RulesNotInstalled`, `NotValid` or `NotMade`.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    if wanted.profile is Profile.PEPPOL and wanted.form is Form.CII:
        raise WrongSyntax("Peppol BIS Billing 3 is written in UBL: use syntax=ubl.")
    job = _open_job(number, wanted)
    if job is not None and job.queue == Job.Queue.LONG:
        # Not even read: who asks again and again for a long document costs one query each time.
        return Pending(job=job.pk)
    [issued] = read_documents([number])
    key = key_of(issued, wanted)
    if (wanted.profile or wanted.form is not Form.PDF) and not issued.is_test:
        _refuse_incomplete(issued, wanted.rules)
    return _load(number, key, wanted.rules) or _have_made(issued, wanted, key, deadline, job)


def _have_made(issued: IssuedDocument, wanted: Wanted, key: str, deadline: float, job: Job | None) -> Made | Pending:
    """Have a job make it, and wait for a short one until `deadline`."""
    queue = Job.Queue.LONG if len(issued.document.lines) > MOST_QUICK_LINES else Job.Queue.QUICK
    job = job or enqueue(KIND, _arguments(issued.number, wanted), queue=queue)
    if queue == Job.Queue.QUICK:
        _wait(key, deadline)
        if made := _load(issued.number, key, wanted.rules):
            return made
    job.refresh_from_db()
    if job.state == Job.State.FAILED:
        raise NotMade(job.error)
    return Pending(job=job.pk)


def _refuse_incomplete(issued: IssuedDocument, profile: Profile) -> None:
    missing = find_missing(issued.document, profile)
    if missing:
        faults = [Fault(field=one.field, rule=one.rule, message=one.message) for one in missing]
        raise NotValid(issued.number, profile, faults)


def _load(number: str, key: str, profile: Profile) -> Made | None:
    kept = store.load(key)
    if kept is None:
        return None
    if kept.is_refusal:
        raise NotValid(number, profile, [Fault(**fault) for fault in json.loads(kept.content)])
    return Made(content=kept.content, key=key)


def _open_job(number: str, wanted: Wanted) -> Job | None:
    """The job that makes it now, if any."""
    open_jobs = Job.objects.filter(kind=KIND, state__in=Job.OPEN, arguments=_arguments(number, wanted))
    return open_jobs.order_by("pk").first()


def _arguments(number: str, wanted: Wanted) -> dict[str, str]:
    return {"number": number, "form": str(wanted.form), "profile": str(wanted.profile or "")}


def _wait(key: str, deadline: float) -> None:
    """Until the file is there or `deadline` (monotonic) is over; the connection is for others meanwhile."""
    if not _waiting.acquire(blocking=False):
        return
    try:
        if not connection.in_atomic_block:
            connection.close()
        while store.load(key) is None and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
    finally:
        _waiting.release()
