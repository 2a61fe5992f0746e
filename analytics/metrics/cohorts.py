"""Cohorts: the customers of each first month, how many of them bought in the months after, and what they spent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from analytics.metrics import grains, money
from analytics.metrics.narrow import parse_narrow
from analytics.metrics.operations import read_proof
from analytics.metrics.query import BadQuery, Query
from analytics.metrics.registry import MONTH
from analytics.metrics.standing import Standing, read_standing, snapshot

MOST_MONTHS = 120
_DEFAULT_MONTHS = 12

# Under '' each customer counts once, whatever currency was paid in.
_READ = """
SELECT first_month, month, currency, sum(customers)::bigint, sum(net) FROM facts_cohort
WHERE generation = %(generation)s AND store_id = ANY(%(stores)s) AND first_month BETWEEN %(first)s AND %(last)s
    AND (%(currency)s = '' OR currency IN ('', %(currency)s))
GROUP BY 1, 2, 3
"""
_Cell = tuple[date, date]


class _Cells:
    """Customers and revenue by first month and month. `now` is the month that is not over."""

    def __init__(self, rows: Sequence[tuple[Any, ...]], now: date) -> None:
        self.now = now
        self._customers: dict[_Cell, int] = {}
        self._revenue: dict[_Cell, dict[str, Any]] = {}
        for first, month, currency, customers, net in rows:
            if not currency:
                self._customers[first, month] = customers
            elif customers or net:
                self._revenue.setdefault((first, month), {})[currency] = net

    def size(self, first: date) -> int:
        return self._customers.get((first, first), 0)

    def customers(self, first: date, month: date) -> int | None:
        """How many bought in `month`; None until it is over."""
        return self._customers.get((first, month), 0) if month < self.now else None

    def revenue(self, first: date, month: date) -> list[dict[str, str]]:
        found = self._revenue.get((first, month), {})
        return [{"currency": currency, "value": f"{net:.2f}"} for currency, net in sorted(found.items())]


def read_cohorts(given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The answer of `GET /api/v1/analytics/cohorts`; raises `BadQuery`."""
    with snapshot():
        standing, query, firsts = prepare_cohorts(given)
        cells = _Cells(_read(query, standing), standing.today.replace(day=1))
        proof = read_proof(query, standing)
    cohorts = [_cohort(first, cells) for first in firsts]
    return {"cohorts": cohorts, "average": list(_average(cohorts)), "metadata": proof}


def prepare_cohorts(given: Mapping[str, Sequence[str]]) -> tuple[Standing, Query, list[date]]:
    """The state of the facts, the question and its first months, checked; raises `BadQuery`."""
    standing = read_standing(given)
    now = standing.today.replace(day=1)
    query = parse_narrow(given, standing, metrics=["retention"], grain=MONTH, since=_default_first(now))
    firsts = [first for first in grains.buckets(query.first, query.last, MONTH) if first <= now]
    if len(firsts) > MOST_MONTHS:
        raise BadQuery("from", f"The range has over {MOST_MONTHS} months: use a shorter one.")
    return standing, query, firsts


def _default_first(now: date) -> date:
    first = now
    for _ in range(_DEFAULT_MONTHS - 1):
        first = grains.begin_of(date.fromordinal(first.toordinal() - 1), MONTH)
    return first


def _read(query: Query, standing: Standing) -> list[tuple[Any, ...]]:
    currency = next((each.members[0] for each in query.filters if each.dimension == "currency"), "")
    given: dict[str, Any] = {
        "generation": standing.generation, "stores": standing.stores, "currency": currency,
        "first": query.first.replace(day=1), "last": query.last,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_READ, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _cohort(first: date, cells: _Cells) -> dict[str, Any]:
    size = cells.size(first)
    return {
        "month": f"{first:%Y-%m}",
        "customers": size,
        "cells": [
            _cell(offset, first, month, size, cells)
            for offset, month in enumerate(grains.buckets(first, cells.now, MONTH))
        ],
    }


def _cell(offset: int, first: date, month: date, size: int, cells: _Cells) -> dict[str, Any]:
    customers = cells.customers(first, month)
    return {
        "offset": offset, "month": f"{month:%Y-%m}", "customers": customers,
        "retention": None if customers is None else _share(customers, size), "revenue": cells.revenue(first, month),
    }  # fmt: skip


def _share(customers: int, size: int) -> str | None:
    share = money.share(customers, size)
    return None if share is None else f"{share:f}"


def _average(cohorts: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Retention by months after the first, weighted by size, over the cells whose month is over."""
    for offset in range(max((len(each["cells"]) for each in cohorts), default=0)):
        pairs = [
            (each["cells"][offset]["customers"], each["customers"]) for each in cohorts if offset < len(each["cells"])
        ]
        over = [(customers, size) for customers, size in pairs if customers is not None]
        retained, sizes = sum(customers for customers, _ in over), sum(size for _, size in over)
        yield {"offset": offset, "retention": _share(retained, sizes)}
