"""The product's figures for Prometheus, read from PostgreSQL when they are collected, so that they are the truth."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboard import processes
from dashboard.sections import SECTIONS
from runtime import heartbeats, redis


class ProductCollector(Collector):
    """The metrics of all sections, and those of the processes and of Redis."""

    def collect(self) -> Iterator[Metric]:
        for section in SECTIONS:
            if section.metrics:
                yield from import_string(section.metrics)()
        yield from _process_metrics()
        redis_up = GaugeMetricFamily("invoicedash_redis_up", "Whether Redis answers.")
        redis_up.add_metric([], float(redis.is_up()))
        yield redis_up


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
