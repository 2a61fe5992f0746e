"""The fold: adds documents to the facts, each exactly once.

Ordinals of a series have no gap and become visible in order, so one number per series says which documents are in. A
fold locks that number, adds the documents behind it and moves it, in one transaction: a kill loses nothing, and a late
document lands in its own old bucket. It takes no lock that `issue()` takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from analytics.facts import customers, late
from analytics.facts.rollups import HOUR, LIVE, MINUTE, of_group
from runtime.prepared import fetch_all
from stores.queries import read_store_by_id

# A turn stays far below a second, so that live figures of one series do not wait for the history of another.
MOST_DOCUMENTS = 5_000
DOCUMENTS = "i.series_id = %(series)s AND i.ordinal > %(after)s AND i.ordinal <= %(through)s"
# Series of purchases are no sales; rows of closed series are deleted.
_BEHIND = """
SELECT g.number, s.id, s.last_ordinal - coalesce(w.folded_to, 0)
FROM facts_generation g CROSS JOIN invoices_series s LEFT JOIN facts_watermark w
    ON w.generation = g.number AND w."group" = %(group)s AND w.series_id = s.id
WHERE CASE WHEN %(generation)s::int IS NULL THEN g.is_current ELSE g.number = %(generation)s::int END
    AND s.closed_at IS NULL AND s.kind <> 'purchase' AND s.last_ordinal > coalesce(w.folded_to, 0) ORDER BY s.id
"""
_BEGIN = """
INSERT INTO facts_watermark (generation, "group", series_id) VALUES (%(generation)s, %(group)s, %(series)s)
ON CONFLICT DO NOTHING
"""
_BEGIN_STORE = """
INSERT INTO facts_zone (generation, store_id, timezone) VALUES (%(generation)s, %(store)s, %(zone)s)
ON CONFLICT DO NOTHING
"""
# A fold that is lost in a crash of the server is lost whole and made again, so its commit waits for no disk.
_TAKE = """
SELECT w.folded_to, s.last_ordinal, s.store_id, s.document, z.timezone,
    set_config('synchronous_commit', 'off', true), set_config('statement_timeout', '20s', true) FROM facts_watermark w
JOIN invoices_series s ON s.id = w.series_id
LEFT JOIN facts_zone z ON z.generation = w.generation AND z.store_id = s.store_id
WHERE w.generation = %(generation)s AND w."group" = %(group)s AND w.series_id = %(series)s FOR UPDATE OF w
"""
_MOVE = """
UPDATE facts_watermark SET folded_to = %(through)s, folded_at = clock_timestamp()
WHERE generation = %(generation)s AND "group" = %(group)s AND series_id = %(series)s
"""


# One statement for all rollups of a group, with the watermark: each round trip costs more than adding a document.
_IS_CLOSED = "RETURNING local_day < (clock_timestamp() AT TIME ZONE %(zone)s)::date AS is_closed"


def _all_of(group: str) -> str:
    """A statement that adds the documents to all rollups of `group`; returns whether closed days changed."""
    adds = [f"{rollup.add(DOCUMENTS)} {_IS_CLOSED if rollup is HOUR else ''}" for rollup in of_group(group)]
    parts = ", ".join(f"part{place} AS ({each})" for place, each in enumerate((*adds, _MOVE)))
    result = "coalesce(bool_or(is_closed), false) FROM part0" if group == LIVE else "false"
    return f"WITH {parts} SELECT {result}"


_ADD = {group: _all_of(group) for group in (LIVE, MINUTE)}


@dataclass(frozen=True, kw_only=True)
class Behind:
    """A series with `count` documents that are not in the facts of a group."""

    generation: int
    series: int
    count: int


def read_behind(group: str, generation: int | None = None) -> list[Behind]:
    """The series that the facts of `group` are behind of, in the current generation if none is given."""
    rows = fetch_all(_BEHIND, {"group": group, "generation": generation})
    return [Behind(generation=number, series=series, count=count) for number, series, count in rows]


def fold(group: str, *, generation: int | None = None, most: int = MOST_DOCUMENTS) -> bool:
    """Fold up to `most` documents of each series; returns whether there is more to do."""
    return fold_behind(group, read_behind(group, generation), most=most)


def fold_behind(group: str, behind: Sequence[Behind], *, most: int = MOST_DOCUMENTS) -> bool:
    """Fold up to `most` documents of each of these series; returns whether there is more to do."""
    for each in behind:
        fold_series(group, each.series, generation=each.generation, most=most)
    return any(each.count > most for each in behind)


def fold_all(*, generation: int | None = None) -> None:
    """Fold until every group is up to date."""
    for group in (LIVE, MINUTE):
        while fold(group, generation=generation):
            pass


@transaction.atomic
def fold_series(group: str, series: int, *, generation: int, most: int = MOST_DOCUMENTS) -> int:
    """Fold up to `most` documents of one series; returns how many."""
    given: dict[str, Any] = {"group": group, "series": series, "generation": generation}
    with connection.cursor() as cursor:
        folded_to, last, store, kind, zone, *_ = _take(cursor, given)
        through = min(last, folded_to + most)
        if through <= folded_to:
            return 0
        given |= {"after": folded_to, "through": through, "store": store, "kind": kind, "zone": zone}
        _add(cursor, group, given)
    return int(through - folded_to)


def _take(cursor: Any, given: dict[str, Any]) -> tuple[Any, ...]:
    """Lock the watermark. Read with it: `folded_to`, the series' head, its store, its kind and the store's zone."""
    cursor.execute(_TAKE, given)
    found = cursor.fetchone()
    if found is None or found[4] is None:
        cursor.execute(_BEGIN, given)
        cursor.execute("SELECT store_id FROM invoices_series WHERE id = %(series)s", given)
        (store,) = cursor.fetchone()
        cursor.execute(_BEGIN_STORE, {**given, "store": store, "zone": read_store_by_id(store).timezone})
        cursor.execute(_TAKE, given)
        found = cursor.fetchone()
    return tuple(found)


def _add(cursor: Any, group: str, given: dict[str, Any]) -> None:
    """Add the documents to the rollups of `group` and move the watermark."""
    if group == LIVE:
        cursor.execute(_ADD[group], given)
        (has_closed,) = cursor.fetchone()
        if has_closed:
            late.note_late(cursor, given, HOUR.found(DOCUMENTS))
        return
    customers.lock_store(given["generation"], given["store"])
    concerned = customers.find_customers(given, DOCUMENTS)
    with customers.cohorts_kept(given["generation"], given["store"], concerned):
        cursor.execute(_ADD[group], given)
