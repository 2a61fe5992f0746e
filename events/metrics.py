"""The lag of the consumers for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from events.lag import read_lag


def read_metrics() -> Iterator[Metric]:
    """Events that each consumer has not read yet, how old the oldest is, and those that failed."""
    behind = GaugeMetricFamily("invoicedash_events_behind", "Events not read yet.", labels=["consumer"])
    seconds = GaugeMetricFamily("invoicedash_events_lag_seconds", "Age of the oldest of them.", labels=["consumer"])
    failed = GaugeMetricFamily(
        "invoicedash_events_failed", "Events that a handler failed to handle.", labels=["consumer", "state"]
    )
    for lag in read_lag():
        behind.add_metric([lag.consumer], lag.waiting)
        seconds.add_metric([lag.consumer], lag.seconds)
        failed.add_metric([lag.consumer, "retried"], lag.retried)
        failed.add_metric([lag.consumer, "dead"], lag.dead)
    yield from (behind, seconds, failed)
