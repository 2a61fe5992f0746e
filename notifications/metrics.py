"""The outbox for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from notifications.queries import read_counts


def read_metrics() -> Iterator[Metric]:
    """How many messages wait or are dead, and how long the first that waits is overdue."""
    count = GaugeMetricFamily("invoicedash_notifications", "Messages that are not delivered.", labels=["state"])
    overdue = GaugeMetricFamily("invoicedash_notifications_overdue_seconds", "How long the next message is overdue.")
    counts = read_counts()
    for state in ("queued", "sending", "dead"):
        count.add_metric([state], counts.get(state, (0, 0.0))[0])
    overdue.add_metric([], counts.get("queued", (0, 0.0))[1])
    yield from (count, overdue)
