"""The intake for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from prometheus_client.core import GaugeMetricFamily, Metric

_COUNTS = """
SELECT state, count(*), coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float
FROM webhooks_delivery WHERE state IN ('new', 'quarantined', 'dead') GROUP BY 1
"""


def read_metrics() -> Iterator[Metric]:
    """How many webhooks wait, are quarantined or dead, and how old the first that waits is."""
    count = GaugeMetricFamily("invoicedash_deliveries", "Webhooks that are not settled.", labels=["state"])
    oldest = GaugeMetricFamily("invoicedash_deliveries_oldest_seconds", "Age of the oldest webhook that waits.")
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        counts = {state: (number, seconds) for state, number, seconds in cursor.fetchall()}
    for state in ("new", "quarantined", "dead"):
        count.add_metric([state], counts.get(state, (0, 0.0))[0])
    oldest.add_metric([], counts.get("new", (0, 0.0))[1])
    yield from (count, oldest)
