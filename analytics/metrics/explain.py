"""How a figure comes about: its definition, the SQL that reads it, and what it stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from analytics.metrics import registry
from analytics.metrics.answer import Reader
from analytics.metrics.figures import statement
from analytics.metrics.operations import prepare, read_proof
from analytics.metrics.query import Query
from analytics.metrics.registry import Metric
from analytics.metrics.standing import Standing, snapshot

_COUNT = """
SELECT coalesce(sum(documents), 0) FROM facts_hour
WHERE generation = %s AND series_id = ANY(%s) AND local_day BETWEEN %s AND %s
"""


def read_explanation(given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The answer of `GET /api/v1/analytics/explain`; raises `BadQuery`."""
    with snapshot():
        standing, query = prepare(given)
        return {
            "metrics": [_explain(query, metric, standing) for metric in query.metrics],
            "buckets": Reader(query, standing).answer().count,
            "documents": _count(query, standing),
            "metadata": {**read_proof(query, standing), "generation": standing.generation},
        }


def _explain(query: Query, metric: Metric, standing: Standing) -> dict[str, Any]:
    parts = registry.parts(metric)
    return {
        "name": metric.name,
        "says": metric.says,
        "over": list(metric.over) if metric.over else None,
        "sql": [" ".join(statement(query, part, standing).sql.split()) for part in parts],
        "sources": sorted({query.source_of(part)[0].name for part in parts}),
    }


def _count(query: Query, standing: Standing) -> int:
    with connection.cursor() as cursor:
        series = [each.id for each in standing.series]
        cursor.execute(_COUNT, [standing.generation, series, query.first, query.last])
        return int(cursor.fetchone()[0])
