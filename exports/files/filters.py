"""Which invoices go into a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import QuerySet

from invoices.admin.search import search
from invoices.days import within_days
from invoices.models import Invoice, Series
from invoices.series import sales_of
from stores.queries import find_store_of_feed


class UnknownSeries(ValueError):
    """There is no open series of that prefix on the feed."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What is left open leaves nothing out. Days are those of the invoices, both included."""

    feed: str
    series: str | None = None
    q: str = ""
    date_from: date | None = None
    date_to: date | None = None
    kind: str | None = None
    currency: str | None = None


def choose(wanted: Filter) -> QuerySet[Invoice]:
    """The invoices of open series that `wanted` leaves in; raises `UnknownSeries`."""
    chosen = Invoice.objects.filter(within_days(wanted.date_from, wanted.date_to), series_id__in=_series(wanted))
    if wanted.kind:
        chosen = chosen.filter(kind=wanted.kind)
    if wanted.currency:
        chosen = chosen.filter(currency=wanted.currency)
    return search(chosen, wanted.q)


def zone_of(feed: str) -> str:
    """The time zone of the store that the feed belongs to; that of the installation for others."""
    store = find_store_of_feed(feed)
    return settings.INVOICEDASH_TIMEZONE if store is None else store.timezone


def _series(wanted: Filter) -> list[int]:
    found = Series.objects.filter(feed_id=wanted.feed, closed_at=None)
    if wanted.series is None:
        return list(sales_of(wanted.feed).values_list("pk", flat=True))
    chosen = list(found.filter(prefix=wanted.series).values_list("pk", flat=True))
    if not chosen:
        known = ", ".join(found.order_by("prefix").values_list("prefix", flat=True)[:20])
        raise UnknownSeries(f"feed {wanted.feed} has no series {wanted.series[:40]!r}; it has {known}")
    return chosen
