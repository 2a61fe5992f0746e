"""The API's calls for files: a document as PDF or e-invoice, and the invoices of a filter.

The router comes before that of `invoices`, whose address of one invoice takes any ending.
"""

from ninja import Router

from exports.api import files, journal, made, renditions
from jobs.operations import AlreadyEnded, UnknownJob

__all__ = ["RESPONSES", "router"]

RESPONSES: dict[type[Exception], int] = {AlreadyEnded: 409, UnknownJob: 404, **journal.RESPONSES}
router = Router()
router.add_router("", renditions.router)
router.add_router("", files.router)
router.add_router("", made.router)
router.add_router("", journal.router)
