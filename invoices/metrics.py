"""Invoices and their sums for Prometheus, read from PostgreSQL when they are collected."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum
from prometheus_client.core import GaugeMetricFamily, Metric

from invoices.models import Series, Totals
from invoices.search import upkeep
from streaming import feed as feeds


def read_metrics() -> Iterator[Metric]:
    issued = GaugeMetricFamily("invoicedash_invoices", "Invoices in open series.", labels=["feed", "currency"])
    amount = GaugeMetricFamily("invoicedash_total_amount", "Sum of their totals.", labels=["feed", "currency"])
    for feed, currency, invoice_count, total_amount in _totals():
        issued.add_metric([feed, currency], invoice_count)
        amount.add_metric([feed, currency], float(total_amount))
    yield issued
    yield amount
    waiting = "Invoices that search reads row by row, because the search tables do not cover them yet."
    yield GaugeMetricFamily("invoicedash_search_uncovered", waiting, value=upkeep.uncovered_count())


def _totals() -> list[tuple[str, str, int, Decimal]]:
    """Of permanent feeds: feed, currency, count and sum, of each currency there is and of the usual one in any case."""
    permanent = feeds.permanent_feeds()
    found = {(feed, settings.INVOICEDASH_CURRENCY): (0, Decimal(0)) for feed in permanent}
    # The address is public, and other feeds name the stores of accounts.
    public = Totals.objects.filter(series__closed_at=None, series__document="invoice", series__feed_id__in=permanent)
    rows = public.exclude(series__kind=Series.Kind.PURCHASE).values_list("series__feed_id", "currency")
    for feed, currency, count, total in rows.annotate(Sum("invoice_count"), Sum("total_amount")):
        found[feed, currency] = (count, total)
    return [(*labels, *figures) for labels, figures in sorted(found.items())]
