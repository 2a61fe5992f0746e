"""Segments of customers: how many are in each, and what they bought in a period."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from analytics.metrics import rfm
from analytics.metrics.answer import Reader
from analytics.metrics.narrow import parse_narrow
from analytics.metrics.operations import read_proof
from analytics.metrics.query import Query
from analytics.metrics.registry import NONE, YEAR
from analytics.metrics.standing import Standing, read_standing, snapshot

_SIZES = f"SELECT segment, count(*) FROM ({rfm.CUSTOMERS}) AS segments GROUP BY 1"
_METRICS = ("revenue", "transactions", "unique_customers")


def read_segments(given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The answer of `GET /api/v1/analytics/segments`; raises `BadQuery`."""
    with snapshot():
        standing, query = prepare_segments(given)
        sizes = _read_sizes(standing)
        totals = json.loads(Reader(query, standing).answer().totals)
        proof = read_proof(query, standing)
    segments = [_segment(name, sizes, totals) for name in (*rfm.SEGMENTS, NONE)]
    return {"segments": segments, "segment_source": rfm.SOURCE, "metadata": proof}


def prepare_segments(given: Mapping[str, Sequence[str]]) -> tuple[Standing, Query]:
    """The state of the facts and the question, checked; raises `BadQuery`."""
    standing = read_standing(given)
    return standing, parse_narrow(given, standing, metrics=_METRICS, grain=YEAR, by="customer_segment")


def _read_sizes(standing: Standing) -> dict[str, int]:
    with connection.cursor() as cursor:
        series = [each.id for each in standing.series]
        cursor.execute(_SIZES, {"generation": standing.generation, "series": series})
        return dict(cursor.fetchall())


def _segment(name: str, sizes: dict[str, int], totals: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`(none)` has the documents of unknown buyers, so the segments add up to the revenue; it has no customers."""
    own = [row for row in totals if row["customer_segment"] == name]
    return {
        "segment": name,
        "customers": None if name == NONE else sizes.get(name, 0),
        "active_customers": None if name == NONE else sum(row.get("unique_customers", 0) for row in own),
        "transactions": sum(row.get("transactions", 0) for row in own),
        "revenue": [{"currency": row["currency"], "value": row["revenue"]} for row in own if "revenue" in row],
    }
