"""What a call for figures does: read the state of the facts, answer from the cache or from PostgreSQL, add the proof."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from analytics.metrics import cache, registry
from analytics.metrics.answer import Answer, Reader
from analytics.metrics.query import Query, parse
from analytics.metrics.registry import CATEGORIES, DAYS, SALES
from analytics.metrics.standing import Standing, read_complete_until, read_standing, snapshot
from analytics.metrics.zones import check_zone
from runtime.formats import iso
from runtime.prepared import fetch_all

_RESTATED = """
SELECT local_day, currency, why, restated_at, before_count, before_revenue, after_count, after_revenue
FROM facts_restatement WHERE store_id = ANY(%(stores)s::bigint[]) AND local_day BETWEEN %(first)s AND %(last)s
ORDER BY id DESC LIMIT 20
"""
Parameters = Mapping[str, Sequence[str]]


def read_metrics(given: Parameters) -> str:
    """The answer of `GET /api/v1/analytics/metrics` as JSON; raises `BadQuery`.

    Figures are kept as the text that is sent. What may change while they do not, such as `held`, is read each time.
    """
    started = time.perf_counter()
    with snapshot():
        standing, query = prepare(given)
        key = cache.key_of(_asked(query), standing.fingerprint(with_minute=needs_minute(query)))
        kept = cache.get(key)
        about, _, figures = (kept or _answers(query, standing)).partition("\n")
        proof = read_proof(query, standing)
    if not kept:
        cache.put(key, f"{about}\n{figures}")
    metadata = {
        "query_time_ms": round((time.perf_counter() - started) * 1000, 2),
        "cache_hit": bool(kept),
        "engine": "postgres",
        **json.loads(about),
        **proof,
    }
    return f'{figures[:-1]},"metadata":{to_json(metadata)}}}'


def to_json(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"))


def prepare(given: Parameters) -> tuple[Standing, Query]:
    """The state of the facts and the question, checked; raises `BadQuery`."""
    standing = read_standing(given)
    query = parse(given, zone=standing.zone, today=standing.today)
    check_zone(query, standing)
    return standing, query


def needs_minute(query: Query) -> bool:
    """Whether a figure stands on facts that are folded once a minute."""
    sources = {query.source_of(part)[0] for metric in query.metrics for part in registry.parts(metric)}
    return bool(sources - {SALES, DAYS, CATEGORIES})


def _asked(query: Query) -> Any:
    """The question as a value: relative ranges are absolute in it."""
    fields = {name: value for name, value in vars(query).items() if name not in ("metrics", "asked")}
    return [[metric.name for metric in query.metrics], fields]


def _answers(query: Query, standing: Standing) -> str:
    """Two lines of JSON: what goes into `metadata`, and the figures."""
    answer = Reader(query, standing).answer()
    comparison = None
    if query.compare:
        earlier = query.shifted(query.compared_days)
        comparison = _comparison(earlier, Reader(earlier, standing).answer())
    about = {"total_records": len(answer.data), "rates": answer.rates, "unconverted": answer.unconverted}
    figures = {"data": answer.data, "totals": answer.totals, "comparison": comparison}
    return f"{to_json(about)}\n{to_json(figures)}"


def _comparison(query: Query, answer: Answer) -> dict[str, Any]:
    return {"range": _range(query), "data": answer.data, "totals": answer.totals, "unconverted": answer.unconverted}


def _range(query: Query) -> dict[str, str]:
    if query.instants:
        return {"from": query.instants[0].isoformat(), "to": query.instants[1].isoformat()}
    return {"from": query.first.isoformat(), "to": query.last.isoformat()}


def read_proof(query: Query, standing: Standing) -> dict[str, Any]:
    """What a figure stands on: how far it is folded, what is held, what was restated."""
    with_minute = needs_minute(query)
    zones = standing.timezones
    own = standing.zone.key if len(zones) == 1 else "store"
    return {
        "range": _range(query),
        "timezone": own if query.timezone == "store" else query.timezone,
        "as_of": iso(standing.as_of),
        "folded_to": {each.prefix: each.folded_to(with_minute=with_minute) for each in standing.series},
        "complete_until": iso(read_complete_until(standing, with_minute=with_minute)),
        "held": standing.held,
        "last_audit": standing.last_audit,
        "restated": read_restated(query, standing) if standing.last_restatement else [],
    }


def read_restated(query: Query, standing: Standing) -> list[dict[str, Any]]:
    """Closed days of the range whose figures changed, the newest first."""
    rows = fetch_all(_RESTATED, {"stores": standing.stores, "first": query.first, "last": query.last})
    return [
        {
            "day": day.isoformat(),
            "currency": currency,
            "why": why,
            "at": iso(at),
            "before": {"transactions": before_count, "revenue": f"{before_revenue:f}"},
            "after": {"transactions": after_count, "revenue": f"{after_revenue:f}"},
        }
        for day, currency, why, at, before_count, before_revenue, after_count, after_revenue in rows
    ]
