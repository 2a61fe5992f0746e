"""Reads sums of facts: one statement per table, never a join of facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from analytics.metrics import direct, grains, registry, rfm
from analytics.metrics.query import Query
from analytics.metrics.registry import COHORTS, CUSTOMERS, FIRSTS, HOUR, NONE, SALES, Metric, Source, Unit
from analytics.metrics.sources import source_of
from analytics.metrics.standing import Standing
from analytics.metrics.sums import Group, Sums, added
from runtime.prepared import fetch_all

_JOINS = {
    "feed": "JOIN invoices_series s ON s.id = f.series_id", "store": "JOIN stores_store st ON st.id = f.store_id",
    "customer_segment": f"LEFT JOIN ({rfm.CUSTOMERS}) AS g ON g.customer_id = f.customer_id",
}  # fmt: skip
_BY_SERIES = """{table} f {joins} WHERE f.generation = %(generation)s AND f.series_id = ANY(%(series)s)"""
_BY_STORE = """{table} f {joins} WHERE f.generation = %(generation)s AND f.store_id = ANY(%(stores)s)"""
_COHORTS = """(SELECT c.*, c.month = c.first_month + interval '1 month' AS is_following,
    c.first_month + interval '2 months' <= date_trunc('month', %(today)s::timestamp) AS is_mature FROM facts_cohort c)"""
_PER_CUSTOMER = """(
    SELECT {bucket} AS bucket, {columns} f.customer_id, p.first_day, greatest({bucket}, %(first)s::date) AS begins,
        sum(f.documents) AS invoices
    FROM facts_customerday f
    JOIN facts_firstpurchase p ON p.generation = f.generation AND p.customer_id = f.customer_id {joins}
    WHERE f.generation = %(generation)s AND f.series_id = ANY(%(series)s) AND f.kind = 'invoice'{conditions}
    GROUP BY {numbers}) f"""
_COLUMNS = {
    "store": "st.slug", "feed": "s.feed_id", "currency": "f.currency", "kind": "f.kind",
    "category": f"coalesce(nullif(f.category, ''), '{NONE}')", "product": f"coalesce(nullif(f.product_code, ''), '{NONE}')",
    "country": f"coalesce(nullif(f.country, ''), '{NONE}')", "customer_segment": f"coalesce(g.segment, '{NONE}')",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The SQL of some sums, and its parameters."""

    sql: str
    parameters: Mapping[str, Any]
    is_split: bool
    count: int

    def read(self, dimension_count: int) -> list[Sums]:
        """The sums of each metric."""
        end = 1 + dimension_count
        begin = end + int(self.is_split)
        rows_of: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
        for row in fetch_all(self.sql, self.parameters):
            rows_of[row[1:begin]].append(row)
        found: list[Sums] = [{} for _ in range(self.count)]
        for members, rows in rows_of.items():
            group = (members[:dimension_count], members[-1] if self.is_split else None)
            buckets, *columns = zip(*rows, strict=True)
            for sums, values in zip(found, columns[begin - 1 :], strict=True):
                sums[group] = dict(zip(buckets, values, strict=True))
        return found


def is_split(query: Query, part: Metric) -> bool:
    """Whether a sum is kept apart by currency: money always, and what stands beside money in a row."""
    source, _ = source_of(query, part)
    if "currency" not in source.dimensions:
        return False
    beside = "kind" in source.dimensions and has_money(query)
    return part.unit == Unit.MONEY or query.asks("currency") or beside


def has_money(query: Query) -> bool:
    return any(metric.unit == Unit.MONEY for metric in query.metrics)


def statement(query: Query, parts: Sequence[Metric], standing: Standing, *, grain: str | None = None) -> Statement:
    """What reads `parts`, sums of one table, by `grain`, the query's own if not given; with `total`, of the whole range."""
    source, _ = source_of(query, parts[0])
    expressions = [source_of(query, part)[1] for part in parts]
    grain = grain or query.grain
    split = is_split(query, parts[0])
    columns = [_COLUMNS[name] for name in query.by if name != "currency"] + (["f.currency"] if split else [])
    bucket = _bucket(query, source, grain)
    conditions, parameters = _conditions(query, source, split=split)
    parameters |= {
        "generation": standing.generation, "series": [each.id for each in standing.series], "stores": standing.stores,
        "first": query.first, "last": query.last, "tz": query.timezone,
        "today": standing.today,
    }  # fmt: skip
    # Filters of stores and feeds choose the series, which are known.
    joined = {*query.by, *(each.dimension for each in query.filters)} - ({"store", "feed"} - {*query.by})
    joins = " ".join(join for dimension, join in _JOINS.items() if dimension in joined)
    if source is CUSTOMERS:
        inner = "".join(f"{column} AS c{place}, " for place, column in enumerate(columns))
        numbers = ", ".join(str(number + 1) for number in range(len(columns) + 3))
        rows = _PER_CUSTOMER.format(bucket=bucket, columns=inner, conditions=conditions, numbers=numbers, joins=joins)
        columns, bucket, conditions = [f"f.c{place}" for place in range(len(columns))], "f.bucket", ""
    elif source in (FIRSTS, COHORTS):
        rows = _BY_STORE.format(table=_COHORTS if source is COHORTS else source.table, joins=joins)
    elif source.is_direct:
        rows = f"{direct.table(query, source)} f {joins} WHERE true"
        parameters |= direct.parameters(query, standing)
    else:
        rows = _BY_SERIES.format(table=source.table, joins=joins)
    groups = ", ".join(str(number + 1) for number in range(len(columns) + 1))
    chosen = ", ".join([f"{bucket} AS bucket", *columns, *expressions])
    sql = f"SELECT {chosen} FROM {rows}{conditions} GROUP BY {groups}"
    return Statement(sql=sql, parameters=parameters, is_split=split, count=len(parts))


TOTAL = "total"


def _bucket(query: Query, source: Source, grain: str) -> str:
    if grain == TOTAL:
        return "%(first)s::date"
    if grain == HOUR:
        return "f.hour_at"
    return grains.sql(_day(query, source), grain, query.week_start)


def _day(query: Query, source: Source) -> str:
    return source.day if query.timezone == "store" else "(f.hour_at AT TIME ZONE %(tz)s)::date"


def _conditions(query: Query, source: Source, *, split: bool) -> tuple[str, dict[str, Any]]:
    """The conditions behind the first ones: range and filters."""
    found, parameters = [], dict[str, Any]()
    if source.finest == HOUR and query.instants:
        found.append("f.hour_at >= %(begins)s AND f.hour_at < %(ends)s")
        parameters |= {"begins": query.instants[0], "ends": query.instants[1]}
    else:
        found.append(f"{_day(query, source)} BETWEEN %(low)s AND %(last)s")
        parameters["low"] = _first(query, source)
    if source.finest == HOUR:
        parameters |= {"from": _loose(query.first, -2), "to": _loose(query.last, 3)}
    if source is SALES:
        # By the primary key, which is by instants.
        found.append("f.hour_at >= %(from)s AND f.hour_at < %(to)s")
    if source is COHORTS:
        found.append(f"f.currency {'<>' if split else '='} ''")
    for place, each in enumerate(query.filters):
        if each.dimension in source.dimensions and each.dimension not in ("store", "feed"):
            sign = "<> ALL" if each.is_not else "= ANY"
            found.append(f"{_COLUMNS[each.dimension]} {sign}(%(members{place})s)")
            parameters[f"members{place}"] = list(each.members)
    return "".join(f" AND {each}" for each in found), parameters


def _first(query: Query, source: Source) -> date:
    """The first day that is asked of a source: those of months begin with the month."""
    return query.first.replace(day=1) if source.finest == registry.MONTH else query.first


def _loose(day: date, days: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=days)


def read_before(query: Query, standing: Standing) -> dict[Group, Decimal]:
    """Customers whose first invoice is before the range."""
    (part,) = registry.parts(registry.find("total_customers"))
    earlier = Query(
        metrics=query.metrics,
        first=date(1, 1, 1),
        last=query.first - timedelta(days=1),
        by=query.by,
        filters=query.filters,
    )
    return added(statement(earlier, [part], standing, grain=TOTAL).read(len(query.by))[0])
