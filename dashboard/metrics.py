"""The metrics for Prometheus. They are read when Prometheus collects them, most of them from PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboard import processes
from dashboard.conditions.collect import read_conditions
from dashboard.sections import SECTIONS
from runtime import descriptors, heartbeats, redis
from runtime.pool import read_pool


class ProductCollector(Collector):
    """Yields the metrics of all sections of the product, and of its processes, Redis, the pool and descriptors."""

    def collect(self) -> Iterator[Metric]:
        for section in SECTIONS:
            if section.metrics:
                yield from import_string(section.metrics)()
        yield from _process_metrics()
        redis_up = GaugeMetricFamily("invoicedash_redis_up", "Whether Redis answers.")
        redis_up.add_metric([], float(redis.is_up()))
        yield redis_up
        yield from _pool_metrics()
        yield from _descriptor_metrics()


def _pool_metrics() -> list[Metric]:
    """The pool of database connections of this process; none in a process without a pool."""
    pool = read_pool()
    if pool is None:
        return []
    used = GaugeMetricFamily("invoicedash_pool_connections", "Connections in use.", value=pool.used)
    most = GaugeMetricFamily("invoicedash_pool_connections_max", "The largest number allowed.", value=pool.most)
    waiting = GaugeMetricFamily("invoicedash_pool_waiting", "Requests that wait for a connection.", value=pool.waiting)
    return [used, most, waiting]


def _descriptor_metrics() -> list[Metric]:
    """The file descriptors of this process."""
    used = GaugeMetricFamily("invoicedash_descriptors", "File descriptors open.", value=descriptors.used())
    most = GaugeMetricFamily("invoicedash_descriptors_max", "The largest number allowed.", value=descriptors.limit())
    refused = CounterMetricFamily(
        "invoicedash_websockets_refused", "WebSockets refused because no descriptor was free.",
        value=descriptors.reserve.refused_count,
    )  # fmt: skip
    return [used, most, refused]


def _process_metrics() -> list[Metric]:
    """The processes, as the supervisor and the heartbeats in PostgreSQL describe them."""
    beats = heartbeats.read()
    return [*_supervised_metrics(beats), *_heartbeat_metrics(beats), *_tick_metrics(beats), *_condition_metrics(beats)]


def _supervised_metrics(beats: Sequence[dict[str, Any]]) -> list[Metric]:
    up = GaugeMetricFamily("invoicedash_process_up", "Whether the process is alive.", labels=["process"])
    restarts = CounterMetricFamily("invoicedash_process_restarts", "Restarts by the supervisor.", labels=["process"])
    for process in processes.present_processes(beats):
        name = [process["name"]]
        up.add_metric(name, float(process["state"] == "up"))
        restarts.add_metric(name, process["restarts"] or 0)
    return [up, restarts]


def _heartbeat_metrics(beats: Sequence[dict[str, Any]]) -> list[Metric]:
    memory = GaugeMetricFamily("invoicedash_process_memory_bytes", "Memory (PSS).", labels=["process"])
    queries = CounterMetricFamily("invoicedash_db_queries", "Database queries.", labels=["process"])
    seconds = CounterMetricFamily("invoicedash_db_query_seconds", "Seconds that the queries took.", labels=["process"])
    for beat in beats:
        name = [beat["name"]]
        memory.add_metric(name, beat["memory_bytes"])
        queries.add_metric(name, beat["query_count"])
        seconds.add_metric(name, beat["query_seconds"])
    return [memory, queries, seconds]


def _tick_metrics(beats: Sequence[dict[str, Any]]) -> list[Metric]:
    """The counters of ticks, from the processes that have them."""
    ticks = [
        CounterMetricFamily("invoicedash_ticks", "Ticks that advanced a run.", labels=["process"]),
        CounterMetricFamily(
            "invoicedash_ticks_late", "Ticks that came too late for a due invoice.", labels=["process"]
        ),
        CounterMetricFamily("invoicedash_ticks_skipped", "Ticks that were missed.", labels=["process"]),
    ]
    for beat in beats:
        for family in ticks:
            # A heartbeat has the counters under the names of the metrics, without the prefix.
            count = beat["counters"].get(family.name.removeprefix("invoicedash_"))
            if count is not None:
                family.add_metric([beat["name"]], count)
    return [*ticks]


def _condition_metrics(beats: Sequence[dict[str, Any]]) -> list[Metric]:
    holds = GaugeMetricFamily("invoicedash_condition", "1 for each condition that holds.", labels=["name", "subject"])
    age = GaugeMetricFamily(
        "invoicedash_loop_age_seconds", "Seconds since a background loop's last turn.", labels=["process", "loop"]
    )
    for condition in read_conditions(beats):
        holds.add_metric([condition["name"], condition["subject"]], 1)
    for beat in beats:
        for loop in beat["loops"]:
            age.add_metric([beat["name"], loop["name"]], loop["age_seconds"])
    return [holds, age]


REGISTRY = CollectorRegistry(auto_describe=False)
REGISTRY.register(ProductCollector())
