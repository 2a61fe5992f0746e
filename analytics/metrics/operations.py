"""What a call for figures does: read the state of the facts, take the answer that is kept or read it, add the proof."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from analytics.metrics.answer import Answer, Reader
from analytics.metrics.cache import ANSWERS
from analytics.metrics.query import Query, parse, with_companions
from analytics.metrics.rows import to_json
from analytics.metrics.sources import may_be_kept, needs_minute
from analytics.metrics.standing import Standing, read_complete_until, read_standing, snapshot
from analytics.metrics.zones import check_zone
from runtime.formats import iso
from runtime.prepared import fetch_all

_RESTATED = """
SELECT coalesce(json_agg(json_build_object(
    'day', local_day, 'currency', currency, 'why', why,
    'at', to_char(restated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'before', json_build_object('transactions', before_count, 'revenue', before_revenue::text),
    'after', json_build_object('transactions', after_count, 'revenue', after_revenue::text)) ORDER BY id DESC), '[]')::text
FROM (
    SELECT * FROM facts_restatement WHERE store_id = ANY(%(stores)s::bigint[]) AND local_day BETWEEN %(first)s AND %(last)s
    ORDER BY id DESC LIMIT 20
) AS newest
"""
Parameters = Mapping[str, Sequence[str]]


def read_metrics(given: Parameters) -> str:
    """The answer of `GET /api/v1/analytics/metrics` as JSON; raises `BadQuery`.

    Figures are kept as the text that is sent. What may change while they do not, such as `held`, is read each time.
    """
    started = time.perf_counter()
    with snapshot():
        standing, query = prepare(given)
        query = with_companions(query)
        with_minute = needs_minute(query)
        key = _key(query, standing.fingerprint(with_minute=with_minute))
        kept = ANSWERS.get(key)
        text = kept or _answers(query, standing)
        state = read_state(query, standing)
    if not kept and may_be_kept(query):
        ANSWERS.put(key, text)
    about, _, figures = text.partition("\n")
    query_time = round((time.perf_counter() - started) * 1000, 2)
    timing = to_json({"query_time_ms": query_time, "cache_hit": bool(kept), "engine": "postgres"})
    return f'{figures[:-1]},"metadata":{timing[:-1]},{about[1:-1]},{to_json(state)[1:]}}}'


def prepare(given: Parameters) -> tuple[Standing, Query]:
    """The state of the facts and the question, checked; raises `BadQuery`."""
    standing = read_standing(given)
    query = parse(given, zone=standing.zone, today=standing.today, timezones=standing.timezones)
    check_zone(query, standing)
    return standing, query


def _key(query: Query, fingerprint: tuple[Any, ...]) -> str:
    """What an answer depends on. Relative ranges are absolute in it."""
    fields = {name: value for name, value in vars(query).items() if name not in ("metrics", "asked")}
    return repr(([metric.name for metric in query.metrics], fields, fingerprint))


def _answers(query: Query, standing: Standing) -> str:
    """Two lines of JSON: what goes into `metadata`, and the figures."""
    answer = Reader(query, standing).answer()
    comparison = "null"
    if query.compare:
        earlier = query.shifted(query.compared_days)
        comparison = _comparison(earlier, Reader(earlier, standing, beside=answer.groups).answer())
    about = {
        "total_records": answer.count, "rates": answer.rates, "unconverted": answer.unconverted,
    }  # fmt: skip
    restated = f'"restated":{_restated(query, standing)}'
    figures = f'{{"data":{answer.data},"totals":{answer.totals},"comparison":{comparison}}}'
    return f"{to_json(about)[:-1]},{restated}}}\n{figures}"


def _comparison(query: Query, answer: Answer) -> str:
    about = to_json({"range": _range(query), "unconverted": answer.unconverted})
    return f'{about[:-1]},"data":{answer.data},"totals":{answer.totals}}}'


def _range(query: Query) -> dict[str, str]:
    if query.instants:
        return {"from": query.instants[0].isoformat(), "to": query.instants[1].isoformat()}
    return {"from": query.first.isoformat(), "to": query.last.isoformat()}


def read_proof(query: Query, standing: Standing) -> dict[str, Any]:
    """What a figure stands on: how far it is folded, what is held, what was restated."""
    return {**read_state(query, standing), "restated": json.loads(_restated(query, standing))}


def read_state(query: Query, standing: Standing) -> dict[str, Any]:
    """The part of the proof that changes while the figures do not."""
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
    }


def _restated(query: Query, standing: Standing) -> str:
    """Closed days of the range whose figures changed, the newest first, as JSON. Test series restate nothing."""
    stores = sorted({each.store for each in standing.series if not each.is_test})
    if not (standing.last_restatement and stores):
        return "[]"
    [(found,)] = fetch_all(_RESTATED, {"stores": stores, "first": query.first, "last": query.last})
    return str(found)
