"""How a figure comes about: its definition, the SQL that reads it, and what it stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from analytics.metrics import registry
from analytics.metrics.answer import Reader
from analytics.metrics.figures import TOTAL, statement
from analytics.metrics.operations import prepare, read_proof
from analytics.metrics.query import BadQuery, Query
from analytics.metrics.registry import DAY, SALES, Metric
from analytics.metrics.sources import source_of
from analytics.metrics.standing import Standing, snapshot
from analytics.metrics.sums import added


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
        "sql": [" ".join(statement(query, [part], standing).sql.split()) for part in parts],
        "sources": sorted({source_of(query, part)[0].name for part in parts}),
    }


def _count(query: Query, standing: Standing) -> int:
    """The documents of the range with these filters. By category and product only lines are counted, not documents."""
    documents = registry.find("documents")
    asked = replace(query, metrics=(documents,), by=(), grain=DAY)
    try:
        source_of(asked, documents)
    except BadQuery:
        asked = replace(asked, filters=tuple(each for each in query.filters if each.dimension in SALES.dimensions))
    [found] = statement(asked, [documents], standing, grain=TOTAL).read(0)
    return int(sum(added(found).values()))
