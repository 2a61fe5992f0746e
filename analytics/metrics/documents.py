"""The documents behind a figure: each with what it adds; the sum over all is the figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from analytics.facts.rollups import COUNTRY, DIGEST, PRODUCT_OF_LINE
from analytics.metrics import rfm
from analytics.metrics.operations import prepare
from analytics.metrics.query import BadQuery, Query
from analytics.metrics.registry import NONE, Metric, Unit
from analytics.metrics.sources import needs_minute
from analytics.metrics.standing import Standing, snapshot

PAGE = 50
MOST = 200
LARGE_PAGE = 5_000
_SIGN = "CASE i.kind WHEN 'invoice' THEN 1 ELSE -1 END"
_ONLY_CREDITS = {"refunds"}
_VALUES = {
    "revenue": f"{_SIGN} * i.subtotal", "revenue_gross": f"{_SIGN} * i.total_amount", "vat": f"{_SIGN} * i.vat_amount",
    "refunds": "i.subtotal", "transactions": "1::numeric",
}  # fmt: skip
_LINE_VALUES = {"revenue": "l.net", "refunds": "l.net", "units": "l.quantity"}
# Lines of a document that are in the chosen categories or products, and what lines leave of the subtotal.
_LINES = f"""coalesce((
    SELECT sum({{value}}) FROM invoices_line l LEFT JOIN {PRODUCT_OF_LINE.format(store="s.store_id")}
    WHERE l.invoice_id = i.id AND {{chosen}}), 0)"""
_REST = "+ i.subtotal - coalesce((SELECT sum(l.net) FROM invoices_line l WHERE l.invoice_id = i.id), 0)"
_MEMBERS = {
    "category": f"coalesce(nullif(p.category, ''), '{NONE}')",
    "product": f"coalesce(nullif(l.product_code, ''), '{NONE}')",
}

_OWN = {
    "kind": "i.kind", "currency": "i.currency",
    "country": f"coalesce((SELECT nullif({COUNTRY}, '') FROM invoices_document d WHERE d.invoice_id = i.id), '{NONE}')",
    "customer_segment": f"""coalesce((
        SELECT g.segment FROM invoices_document d JOIN facts_customer k ON k.store_id = s.store_id AND k.digest = {DIGEST}
        JOIN segments g ON g.customer_id = k.id WHERE d.invoice_id = i.id), '{NONE}')""",
}  # fmt: skip
_WITH_SEGMENTS = f"WITH segments AS MATERIALIZED ({rfm.CUSTOMERS}) "

_DOCUMENTS = """
SELECT i.id, {value} AS value, i.currency, i.invoice_date, i.invoice_number, i.kind FROM invoices_invoice i
JOIN invoices_series s ON s.id = i.series_id
JOIN unnest(%(series)s::bigint[], %(folded)s::bigint[], %(zones)s::text[]) AS z(series, folded, zone) ON z.series = i.series_id
{corrected}
WHERE i.ordinal <= z.folded AND {moment} >= %(from)s AND {moment} < %(to)s AND {conditions}
"""
_CORRECTED = """LEFT JOIN invoices_document corrects ON corrects.invoice_id = i.id
LEFT JOIN invoices_invoice c ON c.id = corrects.corrects_id"""
_PAGE = "SELECT * FROM ({documents}) AS d WHERE value <> 0 AND id < %(before)s ORDER BY id DESC LIMIT %(limit)s"
_SUMS = "SELECT currency, sum(value) FROM ({documents}) AS d GROUP BY 1 ORDER BY 1"


def read_rows(given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The answer of `GET /api/v1/analytics/rows`; raises `BadQuery`."""
    with snapshot(), connection.cursor() as cursor:
        standing, query, metric = prepare_rows(given)
        sql, parameters = _documents(query, metric, standing)
        limit = _number(query, "limit", PAGE, MOST)
        parameters |= {"before": _number(query, "cursor", 2**63 - 1, 2**63 - 1), "limit": limit + 1}
        cursor.execute(_PAGE.format(documents=sql), parameters)
        rows = cursor.fetchall()
        cursor.execute(_SUMS.format(documents=sql), parameters)
        sums = [{"currency": currency, "value": _text(metric, value)} for currency, value in cursor.fetchall()]
    items = [_item(metric, row, standing) for row in rows[:limit]]
    return {"items": items, "sums": sums, "next": str(rows[limit - 1][0]) if len(rows) > limit else None}


def prepare_rows(given: Mapping[str, Sequence[str]]) -> tuple[Standing, Query, Metric]:
    """The state of the facts, the question and its metric, checked; raises `BadQuery`."""
    standing, query = prepare(given)
    return standing, query, _only_metric(query)


def read_pages(given: Mapping[str, Sequence[str]]) -> Iterator[list[dict[str, Any]]]:
    """All documents behind a figure, page by page, as far as they were folded at the call; raises `BadQuery`."""
    with snapshot():
        standing, query, metric = prepare_rows(given)
    sql, parameters = _documents(query, metric, standing)
    return _pages(metric, standing, _PAGE.format(documents=sql), {**parameters, "limit": LARGE_PAGE})


def _pages(metric: Metric, standing: Standing, sql: str, parameters: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    before = 2**63 - 1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, {**parameters, "before": before})
            rows = cursor.fetchall()
        if not rows:
            return
        yield [_item(metric, row, standing) for row in rows]
        before = rows[-1][0]


def _only_metric(query: Query) -> Metric:
    metric = query.metrics[0]
    if len(query.metrics) > 1 or not metric.has_documents:
        raise BadQuery("metric", f"The documents of {metric.name} cannot be listed: use one metric such as revenue.")
    return metric


def _documents(query: Query, metric: Metric, standing: Standing) -> tuple[str, dict[str, Any]]:
    """A SELECT of the documents with their values, and its parameters."""
    is_by_sale = metric.name == "refunds" and query.dated == "sale"
    moment = "coalesce(c.invoice_date, i.invoice_date)" if is_by_sale else "i.invoice_date"
    conditions, parameters = _range(query, moment)
    if metric.name in _ONLY_CREDITS:
        conditions.append("i.kind = 'credit_note'")
    elif metric.name == "transactions":
        conditions.append("i.kind = 'invoice'")
    for place, each in enumerate(query.filters):
        if each.dimension in _OWN:
            conditions.append(f"{_OWN[each.dimension]} {'<> ALL' if each.is_not else '= ANY'}(%(own{place})s)")
            parameters[f"own{place}"] = list(each.members)
    value = _value(query, metric, parameters)
    parameters |= {
        "generation": standing.generation, "series": [each.id for each in standing.series],
        "folded": [each.minute if needs_minute(query) else each.live for each in standing.series],
        "zones": [each.timezone for each in standing.series], "tz": query.timezone,
        "from": _loose(query, -2), "to": _loose(query, 2),
    }  # fmt: skip
    before = _WITH_SEGMENTS if query.asks("customer_segment") else ""
    sql = _DOCUMENTS.format(
        value=value, moment=moment, corrected=_CORRECTED if is_by_sale else "", conditions=" AND ".join(conditions)
    )
    return before + sql, parameters


def _range(query: Query, moment: str) -> tuple[list[str], dict[str, Any]]:
    if query.instants:
        begins, ends = query.instants
        return [f"{moment} >= %(begins)s AND {moment} < %(ends)s"], {"begins": begins, "ends": ends}
    zone = "z.zone" if query.timezone == "store" else "%(tz)s"
    day = f"({moment} AT TIME ZONE {zone})::date BETWEEN %(first)s AND %(last)s"
    return [day], {"first": query.first, "last": query.last}


def _value(query: Query, metric: Metric, parameters: dict[str, Any]) -> str:
    """What a document adds to the figure: all of it, or its lines in the chosen categories and products."""
    filters = [each for each in query.filters if each.dimension in _MEMBERS]
    if not filters and metric.name in _VALUES:
        return _VALUES[metric.name]
    chosen, has_rest = ["true"], metric.name != "units"
    for place, each in enumerate(filters):
        chosen.append(f"{_MEMBERS[each.dimension]} {'<> ALL' if each.is_not else '= ANY'}(%(line{place})s)")
        parameters[f"line{place}"] = list(each.members)
        has_rest = has_rest and (NONE in each.members) != each.is_not
    lines = _LINES.format(value=_LINE_VALUES[metric.name], chosen=" AND ".join(chosen))
    sign = "1" if metric.name in _ONLY_CREDITS else _SIGN
    return f"{sign} * ({lines} {_REST if has_rest else ''})"


def _loose(query: Query, days: int) -> datetime:
    day = query.first if days < 0 else query.last
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=days)


def _number(query: Query, name: str, default: int, most: int) -> int:
    text = (query.asked.get(name) or ("",))[-1]
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= most):
        raise BadQuery(name, f"{text[:40]!r} is not a valid {name}: use a whole number from 1 to {most}.")
    return int(text)


def _item(metric: Metric, row: tuple[Any, ...], standing: Standing) -> dict[str, Any]:
    _, value, currency, at, number, kind = row
    return {
        "value": _text(metric, value),
        "currency": currency,
        "at": at.astimezone(standing.zone).isoformat(),
        "number": number,
        "kind": kind,
        "href": f"/api/invoices/{number}",
    }


def _text(metric: Metric, value: Decimal) -> Any:
    if metric.unit == Unit.COUNT:
        return int(value)
    return f"{value:.2f}" if metric.unit == Unit.MONEY else f"{value.normalize():f}"
