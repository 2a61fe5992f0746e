"""The job that makes a file; it runs in a process of `jobs`, which ends."""

from __future__ import annotations

from typing import Any

from exports.einvoice.rules import CheckFailed
from exports.einvoice.sheets import RulesNotInstalled
from exports.renditions import store
from exports.renditions.keys import Form, Wanted, key_of
from exports.renditions.make import make
from invoices.documents.read import read_documents
from invoices.documents.types import IssuedDocument
from invoices.queries import UnknownInvoice
from invoices.validation.profiles import Profile
from jobs.work import JobFailed, Work


def _forget_when_erased(issued: IssuedDocument, key: str, wanted: Wanted) -> None:
    """An erasure that was committed meanwhile has removed the files that were there before this one."""
    if [key_of(each, wanted) for each in read_documents([issued.number])] != [key]:
        store.remove([key])


def render(work: Work) -> dict[str, Any]:
    """Make the file of the document `number` as `form` and keep it. Twice is once: it is kept by its content."""
    profile = work.arguments.get("profile")
    wanted = Wanted(form=Form(work.arguments["form"]), profile=Profile(profile) if profile else None)
    try:
        [issued] = read_documents([work.arguments["number"]])
        key = key_of(issued, wanted)
        if store.load(key) is None:
            store.save(key, make(issued, wanted))
            _forget_when_erased(issued, key, wanted)
    except (UnknownInvoice, CheckFailed, RulesNotInstalled) as error:
        raise JobFailed(str(error)) from error
    return {"key": key}
