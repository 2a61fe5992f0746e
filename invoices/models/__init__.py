"""The tables of invoices: series, runs, invoices, documents, the hash chain, totals and the search index."""

from invoices.models.document import VAT_CATEGORIES, Credit, Document, Erasure, GroupCredit, Line, Link, VatGroup
from invoices.models.invoice import Invoice
from invoices.models.run import Run
from invoices.models.search import Chunk, NumberPart, Party, PartyWord, Posting
from invoices.models.series import DOCUMENT_KINDS, Series
from invoices.models.totals import Totals

__all__ = [
    "DOCUMENT_KINDS", "VAT_CATEGORIES", "Chunk", "Credit", "Document", "Erasure", "GroupCredit", "Invoice",
    "Line", "Link", "NumberPart", "Party", "PartyWord", "Posting", "Run", "Series", "Totals", "VatGroup",
]  # fmt: skip
