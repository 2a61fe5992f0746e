"""Prometheus metrics of the display of each permanent feed, and of the dashboards open on this process."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from streaming.display import display as read_display
from streaming.hub import connection_count
from streaming.kinds import kind_of, permanent_feeds

STATES = ("idle", "running", "stopping", "draining")


def read_metrics() -> Iterator[Metric]:
    announced = CounterMetricFamily("invoicedash_announced", "Invoices put on the feed.", labels=["feed"])
    shown = CounterMetricFamily("invoicedash_shown", "Rows shown.", labels=["feed"])
    skipped = CounterMetricFamily("invoicedash_skipped", "Rows skipped on purpose.", labels=["feed"])
    backlog = GaugeMetricFamily("invoicedash_backlog", "Rows queued for display.", labels=["feed"])
    state = GaugeMetricFamily("invoicedash_state", "1 for the state the feed is in.", labels=["feed", "state"])
    for feed in permanent_feeds():
        display = read_display(feed)
        announced.add_metric([feed], display.announced_count)
        shown.add_metric([feed], display.last_seq)
        skipped.add_metric([feed], display.skipped_count)
        backlog.add_metric([feed], display.queued_count)
        current = kind_of(feed).read_source(feed).word(display.queued_count)
        for word in STATES:
            state.add_metric([feed, word], float(word == current))
    yield from (announced, shown, skipped, backlog, state)
    sockets = GaugeMetricFamily("invoicedash_websocket_connections", "Dashboards open on this web process.")
    sockets.add_metric([], connection_count())
    yield sockets
