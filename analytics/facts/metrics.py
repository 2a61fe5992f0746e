"""The lag of the facts for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from analytics.facts.lag import read_lag


def read_metrics() -> Iterator[Metric]:
    """Documents that are not folded yet, and how long the oldest of them has waited."""
    waiting = GaugeMetricFamily("invoicedash_fold_lag_documents", "Documents not folded yet.", labels=["group"])
    seconds = GaugeMetricFamily("invoicedash_fold_lag_seconds", "Age of the oldest of them.", labels=["group"])
    for lag in read_lag():
        waiting.add_metric([lag.group], lag.waiting)
        seconds.add_metric([lag.group], lag.seconds)
    yield waiting
    yield seconds
