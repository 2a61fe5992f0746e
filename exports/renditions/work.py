"""The job that makes a file; it runs in a process of `jobs`, which ends."""

from __future__ import annotations

from typing import Any

from exports.einvoice.rules import CheckFailed
from exports.renditions import store
from exports.renditions.keys import Form, key_of
from exports.renditions.make import make
from invoices.documents.read import read_documents
from invoices.documents.types import IssuedDocument
from invoices.queries import UnknownInvoice
from jobs.work import JobFailed, Work


def _forget_when_erased(issued: IssuedDocument, key: str, form: Form) -> None:
    """An erasure that was committed meanwhile has removed the files that were there before this one."""
    if [key_of(each, form) for each in read_documents([issued.number])] != [key]:
        store.remove([key])


def render(work: Work) -> dict[str, Any]:
    """Make the file of the document `number` as `form` and keep it. Twice is once: it is kept by its content."""
    form = Form(work.arguments["form"])
    try:
        [issued] = read_documents([work.arguments["number"]])
        key = key_of(issued, form)
        if store.load(key) is None:
            store.save(key, make(issued, form))
            _forget_when_erased(issued, key, form)
    except (UnknownInvoice, CheckFailed) as error:
        raise JobFailed(str(error)) from error
    return {"key": key}
