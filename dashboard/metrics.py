"""The product's figures for Prometheus, read from PostgreSQL when they are collected, so that they are the truth."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboard import processes
from dashboard.status import state_of
from invoices.generation import runs
from invoices.models import Totals
from runtime import heartbeats, redis
from streaming import feed as feeds

STATES = ("idle", "running", "stopping", "draining")


class ProductCollector(Collector):
    """Invoices, money, display and processes, by feed and process."""

    def collect(self) -> Iterator[Metric]:
        yield from _feed_metrics()
        yield from _process_metrics()
        redis_up = GaugeMetricFamily("invoicedash_redis_up", "Whether Redis answers.")
        redis_up.add_metric([], float(redis.is_up()))
        yield redis_up
        sockets = GaugeMetricFamily("invoicedash_websocket_connections", "Dashboards open on this web process.")
        sockets.add_metric([], feeds.connection_count())
        yield sockets


def _feed_metrics() -> list[Metric]:
    issued = GaugeMetricFamily("invoicedash_invoices", "Invoices in open series.", labels=["feed", "currency"])
    amount = GaugeMetricFamily("invoicedash_total_amount", "Sum of their totals.", labels=["feed", "currency"])
    announced = CounterMetricFamily("invoicedash_announced", "Invoices put on the feed.", labels=["feed"])
    shown = CounterMetricFamily("invoicedash_shown", "Rows shown.", labels=["feed"])
    skipped = CounterMetricFamily("invoicedash_skipped", "Rows skipped on purpose.", labels=["feed"])
    backlog = GaugeMetricFamily("invoicedash_backlog", "Rows queued for display.", labels=["feed"])
    state = GaugeMetricFamily("invoicedash_state", "1 for the state the feed is in.", labels=["feed", "state"])
    for feed, currency, invoice_count, total_amount in _totals():
        issued.add_metric([feed, currency], invoice_count)
        amount.add_metric([feed, currency], float(total_amount))
    for feed in feeds.FEEDS:
        display = feeds.display(feed)
        announced.add_metric([feed], display.announced_count)
        shown.add_metric([feed], display.last_seq)
        skipped.add_metric([feed], display.skipped_count)
        backlog.add_metric([feed], display.queued_count)
        current = state_of(runs.latest() if feed == "demo" else None, display.queued_count)
        for word in STATES:
            state.add_metric([feed, word], float(word == current))
    return [issued, amount, announced, shown, skipped, backlog, state]


def _totals() -> list[tuple[str, str, int, Decimal]]:
    """Feed, currency, count and sum: of each currency there is, and of the usual one on each feed in any case."""
    found = {(feed, settings.INVOICEDASH_CURRENCY): (0, Decimal(0)) for feed in feeds.FEEDS}
    rows = Totals.objects.filter(series__closed_at=None, series__document="invoice").values_list(
        "series__feed_id", "currency"
    )
    for feed, currency, count, total in rows.annotate(Sum("invoice_count"), Sum("total_amount")):
        found[feed, currency] = (count, total)
    return [(*labels, *figures) for labels, figures in sorted(found.items())]


def _process_metrics() -> list[Metric]:
    up = GaugeMetricFamily("invoicedash_process_up", "Whether the process is alive.", labels=["process"])
    memory = GaugeMetricFamily("invoicedash_process_memory_bytes", "Memory (PSS).", labels=["process"])
    restarts = CounterMetricFamily("invoicedash_process_restarts", "Restarts by the supervisor.", labels=["process"])
    queries = CounterMetricFamily("invoicedash_db_queries", "Database queries.", labels=["process"])
    seconds = CounterMetricFamily("invoicedash_db_query_seconds", "Seconds they took.", labels=["process"])
    ticks = [
        CounterMetricFamily("invoicedash_ticks", "Ticks that looked after a run.", labels=["process"]),
        CounterMetricFamily(
            "invoicedash_ticks_late", "Ticks that an invoice had waited too long for.", labels=["process"]
        ),
        CounterMetricFamily("invoicedash_ticks_skipped", "Ticks that should have come meanwhile.", labels=["process"]),
    ]
    for process in processes.read():
        name = [process["name"]]
        up.add_metric(name, float(process["state"] == "up"))
        restarts.add_metric(name, process["restarts"] or 0)
    for beat in heartbeats.read():
        name = [beat["name"]]
        memory.add_metric(name, beat["memory_bytes"])
        queries.add_metric(name, beat["query_count"])
        seconds.add_metric(name, beat["query_seconds"])
        for family in ticks:
            counted = beat["counters"].get(family.name.removeprefix("invoicedash_"))
            if counted is not None:
                family.add_metric(name, counted)
    return [up, memory, restarts, queries, seconds, *ticks]


REGISTRY = CollectorRegistry(auto_describe=False)
REGISTRY.register(ProductCollector())
