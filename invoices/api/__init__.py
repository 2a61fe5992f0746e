"""The API's calls about invoices: one or by the page, new ones to be issued, and series."""

from ninja import Router

from invoices.api import calls, names, outcomes, sellers, series
from invoices.api.posting import Conflict
from invoices.generation.runs import AlreadyRunning, BadRun, NotRunning
from invoices.queries import UnknownInvoice
from stores.queries import UnknownStore
from web.idempotency import KeyConflict

__all__ = ["RESPONSES", "router"]

router = Router()
router.add_router("", calls.router)
router.add_router("", outcomes.router)
router.add_router("", sellers.router)
router.add_router("", names.router)
router.add_router("/series", series.router)
RESPONSES: dict[type[Exception], int] = {
    AlreadyRunning: 409,
    NotRunning: 409,
    Conflict: 409,
    KeyConflict: 409,
    BadRun: 422,
    UnknownInvoice: 404,
    UnknownStore: 404,
    **series.RESPONSES,
}
