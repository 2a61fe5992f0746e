"""How a store invoices: its terms, and the series that its documents are numbered in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from invoices.documents.details import read_party
from invoices.documents.types import Kind, Party
from invoices.models import Series
from orders.types import InvoiceWhen, Terms
from stores.queries import StoreFacts


class NoSeries(LookupError):
    """The store has no open series for such documents."""


def terms_of(store: StoreFacts) -> Terms:
    """The terms of the store; its seller is its name alone until the details of the seller are given."""
    seller = read_party(store.seller) if store.seller else Party(name=store.name)
    return Terms(
        source=source_of(store.slug), seller=seller, zone=ZoneInfo(store.timezone),
        invoice_when=InvoiceWhen(store.invoice_when),
    )  # fmt: skip


def source_of(slug: str) -> str:
    """The `source` of the documents of a store; external ids are unique within it."""
    return f"store-{slug}"


def prefix_of(store: StoreFacts, kind: Kind) -> str:
    """The prefix of the oldest open series of the store that numbers such documents; raises `NoSeries`."""
    wanted = Series.Kind.TEST if store.is_demo else Series.Kind.INTERNAL
    series = Series.objects.filter(store_id=store.id, document=kind, kind=wanted, closed_at=None).order_by("pk")
    if (prefix := series.values_list("prefix", flat=True).first()) is None:
        raise NoSeries(f"Store {store.slug} has no series for {kind.replace('_', ' ')}s; open one first.")
    return prefix
