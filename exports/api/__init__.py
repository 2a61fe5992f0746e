"""The API's calls for files: a document as PDF or e-invoice, and the invoices of a filter.

The router comes before that of `invoices`, whose address of one invoice takes any ending.
"""

from ninja import Router

from exports.api import files, renditions

__all__ = ["router"]

router = Router()
router.add_router("", renditions.router)
router.add_router("", files.router)
