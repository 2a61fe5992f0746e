"""Restatement: the facts of one day of a store are deleted and made again from its documents.

The watermarks are held meanwhile, so documents that are not folded yet stay out and are added by the next fold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from analytics.facts import customers
from analytics.facts.late import OF_REAL_SERIES
from analytics.facts.rollups import ROLLUPS, Rollup
from analytics.facts.zones import day_range, month_range
from stores.queries import read_store

_GENERATION = "SELECT number FROM facts_generation WHERE is_current FOR SHARE"
_SERIES = """
SELECT w.series_id, s.document, w."group", w.folded_to FROM facts_watermark w JOIN invoices_series s ON s.id = w.series_id
WHERE w.generation = %(generation)s AND s.store_id = %(store)s AND s.closed_at IS NULL
ORDER BY w."group", w.series_id FOR UPDATE OF w
"""
_ZONE = "SELECT timezone FROM facts_zone WHERE generation = %(generation)s AND store_id = %(store)s"
_DOCUMENTS = """i.series_id = %(series)s AND i.ordinal <= %(through)s
    AND {moment} >= %(begins)s AND {moment} < %(ends)s"""
_BUYERS_BEFORE = """
SELECT DISTINCT customer_id FROM facts_customerday
WHERE generation = %(generation)s AND store_id = %(store)s AND local_day = %(day)s AND customer_id <> 0
"""
_SUMS = f"""
SELECT currency, coalesce(sum(documents) FILTER (WHERE kind = 'invoice'), 0),
    sum(CASE kind WHEN 'invoice' THEN subtotal ELSE -subtotal END)
FROM facts_hour WHERE generation = %(generation)s AND store_id = %(store)s AND local_day = %(day)s AND {OF_REAL_SERIES}
GROUP BY 1
"""
_NOTE = """
INSERT INTO facts_restatement
    (store_id, local_day, currency, why, before_count, before_revenue, after_count, after_revenue)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, kw_only=True)
class _Part:
    """The folded documents of one series in one group of rollups."""

    series: int
    kind: str
    group: str
    folded_to: int


@transaction.atomic
def restate(store_slug: str, day: date, *, why: str = "asked for") -> int:
    """Make the facts of `day` again; returns how many currencies have other figures. Raises `UnknownStore`."""
    store = read_store(store_slug).id
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', '0', true)")
        given: dict[str, Any] = {"generation": _hold_generation(cursor), "store": store, "day": day}
        cursor.execute(_SERIES, given)
        parts = [_Part(series=s, kind=k, group=g, folded_to=to) for s, k, g, to in cursor.fetchall()]
        cursor.execute(_ZONE, given)
        zone = cursor.fetchone()
        if zone is None:
            return 0
        customers.lock_store(given["generation"], store)
        before = _sums(cursor, given)
        _replace(cursor, given | {"zone": zone[0]}, parts)
        return _note(cursor, given, before, _sums(cursor, given), why)


def _hold_generation(cursor: Any) -> int:
    """The current generation, which stays current until the commit. After a wait for a switch, look again."""
    while True:
        cursor.execute(_GENERATION)
        if found := cursor.fetchone():
            return int(found[0])


def _replace(cursor: Any, given: dict[str, Any], parts: list[_Part]) -> None:
    """Delete the day and add it again."""
    cursor.execute(_BUYERS_BEFORE, given)
    concerned = {pk for (pk,) in cursor.fetchall()}
    pairs = [(rollup, part) for rollup in ROLLUPS for part in parts if part.group == rollup.group]
    for rollup, part in pairs:
        if rollup.table == "facts_customerday":
            concerned |= set(customers.find_customers(_chosen(given, rollup, part), _documents(rollup)))
    with customers.cohorts_kept(given["generation"], given["store"], sorted(concerned)):
        for rollup, part in pairs:
            chosen = _chosen(given, rollup, part)
            cursor.execute(_delete(rollup), chosen)
            cursor.execute(rollup.add(_documents(rollup)), chosen)
        customers.forget_first(given["generation"], sorted(concerned))


def _documents(rollup: Rollup) -> str:
    return _DOCUMENTS.format(moment=rollup.moment)


def _delete(rollup: Rollup) -> str:
    return f"""DELETE FROM {rollup.table}
        WHERE generation = %(generation)s AND series_id = %(series)s AND {rollup.bucket} = %(bucket)s"""


def _chosen(given: dict[str, Any], rollup: Rollup, part: _Part) -> dict[str, Any]:
    """The parameters that choose the documents of the rollup's bucket that `day` is in."""
    day, zone = given["day"], ZoneInfo(given["zone"])
    is_month = rollup.bucket == "month"
    begins, ends = month_range(day, zone) if is_month else day_range(day, zone)
    return {
        **given, "series": part.series, "kind": part.kind, "through": part.folded_to,
        "begins": begins, "ends": ends, "bucket": day.replace(day=1) if is_month else day,
    }  # fmt: skip


def _sums(cursor: Any, given: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Invoices and revenue of the day, by currency."""
    cursor.execute(_SUMS, given)
    return {currency: (count, revenue) for currency, count, revenue in cursor.fetchall()}


def _note(cursor: Any, given: dict[str, Any], before: Any, after: Any, why: str) -> int:
    """List the currencies whose figures changed."""
    changed = [each for each in sorted({*before, *after}) if before.get(each) != after.get(each)]
    for currency in changed:
        sums = (*before.get(currency, (0, 0)), *after.get(currency, (0, 0)))
        cursor.execute(_NOTE, [given["store"], given["day"], currency, why, *sums])
    return len(changed)
