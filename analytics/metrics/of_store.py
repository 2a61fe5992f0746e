"""Figures of one store, by the names of its contract: of today for its screens, and by hour or day for the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from analytics.facts.zones import day_start
from analytics.metrics import registry
from analytics.metrics.answer import Reader
from analytics.metrics.operations import prepare
from analytics.metrics.query import BadQuery
from analytics.metrics.registry import DAY
from analytics.metrics.standing import Standing, read_standing, snapshot
from commerce import carts, stock
from runtime.clock import read_clock
from runtime.formats import iso
from stores.queries import StoreFacts

# What the screens of a store show of today.
TODAY = ("orders_count", "revenue_gross", "revenue_net", "vat", "refunds", "average_order", "items")
NAMES = (*TODAY, "carts_created", "active_carts", "stock_low")
ORDERS = "orders_count"


def read_today(store: StoreFacts) -> dict[str, Any]:
    """The figures of the store's present day by name and currency; zeros where nothing was sold."""
    own = {"filter.store": [store.slug]}
    with snapshot():
        try:
            day = read_standing(own).today.isoformat()
            standing, query = prepare({**own, "metric": list(TODAY), "from": [day], "to": [day]})
        except BadQuery:
            # A store without an open series has no figures.
            return {"day": None, "metrics": []}
        totals = json.loads(Reader(query, standing).answer().totals)
    return {"day": day, "metrics": list(_named(totals))}


def read_buckets(store: StoreFacts, name: str, given: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The values of metric `name` by bucket and currency, oldest first; none for a metric without a source.

    `given` may have `grain`, `from` and `to`. Raises `BadQuery` and `UnknownMetric`.
    """
    metric, orders = registry.find(name), registry.find(ORDERS)
    if metric.name in _OF_NOW:
        return _OF_NOW[metric.name](store)
    if not all(part.expressions for part in registry.parts(metric)):
        return []
    asked = dict.fromkeys((metric.name, orders.name))
    with snapshot():
        standing, query = prepare({**given, "metric": list(asked), "by": ["currency"], "filter.store": [store.slug]})
        rows = json.loads(Reader(query, standing).answer().data)
    return [
        {
            "starts_at": _start(row["date"], query.grain, standing), "currency": row["currency"],
            "value": row[metric.name], "count": row[orders.name], "computed_at": iso(standing.as_of),
        }
        for row in rows
    ]  # fmt: skip


def _low_stock(store: StoreFacts) -> list[dict[str, Any]]:
    """How many articles are low now: shops report no stock of the past. None where no stock was read."""
    count = stock.count_low(store)
    return [_count(store, read_clock(), count)] if count or stock.is_known(store) else []


def _active_carts(store: StoreFacts) -> list[dict[str, Any]]:
    """How many carts are active now; none where the shop reports no carts."""
    now = read_clock()
    return [_count(store, now, carts.count_active(store, now))] if carts.is_known(store) else []


def _carts_created(store: StoreFacts) -> list[dict[str, Any]]:
    """The carts of each hour of the last day: older ones are not kept."""
    return [_count(store, hour, count) for hour, count in carts.count_by_hour(store, read_clock() - carts.KEPT)]


def _count(store: StoreFacts, at: datetime, count: int) -> dict[str, Any]:
    """A number of the hour of `at`."""
    begin = at.replace(minute=0, second=0, microsecond=0)
    return {
        "starts_at": iso(begin), "currency": store.currency, "value": count, "count": count,
        "computed_at": iso(read_clock()),
    }  # fmt: skip


def _named(totals: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in totals:
        for name in TODAY:
            yield {"name": name, "value": row.get(registry.find(name).name), "currency": row["currency"]}


def _start(text: str, grain: str, standing: Standing) -> str:
    if grain == DAY:
        return iso(day_start(date.fromisoformat(text), standing.zone))
    return iso(datetime.fromisoformat(text).astimezone(UTC))


# What is counted from rows that are no documents.
_OF_NOW: Mapping[str, Callable[[StoreFacts], list[dict[str, Any]]]] = {
    "stock_low": _low_stock, "active_carts": _active_carts, "carts_created": _carts_created,
}  # fmt: skip
