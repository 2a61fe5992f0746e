"""The fold: adds documents to the facts, each exactly once.

Ordinals of a series have no gap and become visible in order, so one number per series says which documents are in. A
fold locks that number, adds the documents behind it and moves it, in one transaction: a kill loses nothing, and a late
document lands in its own old bucket. It takes no lock that `issue()` takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from analytics.facts import customers, late
from analytics.facts.generations import current_generation
from analytics.facts.rollups import HOUR, LIVE, MINUTE, of_group
from stores.queries import read_stores

# A turn stays far below a second, so that live figures of one series do not wait for the history of another.
MOST_DOCUMENTS = 5_000
DOCUMENTS = "i.series_id = %(series)s AND i.ordinal > %(after)s AND i.ordinal <= %(through)s"
# A fold that is lost in a crash of the server is lost whole and made again, so its commit waits for no disk.
_LIMITS = "SELECT set_config('synchronous_commit', 'off', true), set_config('statement_timeout', '20s', true)"

# Series of purchases are no sales; rows of closed series are deleted.
_BEHIND = """
SELECT s.id, s.store_id, s.last_ordinal - coalesce(w.folded_to, 0)
FROM invoices_series s LEFT JOIN facts_watermark w
    ON w.generation = %(generation)s AND w."group" = %(group)s AND w.series_id = s.id
WHERE s.closed_at IS NULL AND s.kind <> 'purchase' AND s.last_ordinal > coalesce(w.folded_to, 0) ORDER BY s.id
"""
_BEGIN = """
INSERT INTO facts_watermark (generation, "group", series_id) VALUES (%(generation)s, %(group)s, %(series)s)
ON CONFLICT DO NOTHING
"""
_BEGIN_STORE = """
INSERT INTO facts_zone (generation, store_id, timezone) VALUES (%(generation)s, %(store)s, %(zone)s)
ON CONFLICT DO NOTHING
"""
_TAKE = """
SELECT w.folded_to, s.last_ordinal, s.store_id, s.document, z.timezone FROM facts_watermark w
JOIN invoices_series s ON s.id = w.series_id
LEFT JOIN facts_zone z ON z.generation = w.generation AND z.store_id = s.store_id
WHERE w.generation = %(generation)s AND w."group" = %(group)s AND w.series_id = %(series)s FOR UPDATE OF w
"""
_MOVE = """
UPDATE facts_watermark SET folded_to = %(through)s, folded_at = clock_timestamp()
WHERE generation = %(generation)s AND "group" = %(group)s AND series_id = %(series)s
"""


@dataclass(frozen=True, kw_only=True)
class Behind:
    """A series with `count` documents that are not in the facts of a group."""

    series: int
    store: int
    count: int


def read_behind(group: str, generation: int | None = None) -> list[Behind]:
    """The series that the facts of `group` are behind of."""
    given: dict[str, Any] = {"group": group, "generation": current_generation() if generation is None else generation}
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, given)
        return [Behind(series=series, store=store, count=count) for series, store, count in cursor.fetchall()]


def fold(group: str, *, generation: int | None = None, most: int = MOST_DOCUMENTS) -> bool:
    """Fold up to `most` documents of each series; returns whether there is more to do."""
    number = current_generation() if generation is None else generation
    behind = read_behind(group, number)
    for each in behind:
        fold_series(group, each.series, generation=number, most=most)
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
        cursor.execute(_LIMITS)
        folded_to, last, store, kind, zone = _take(cursor, given)
        through = min(last, folded_to + most)
        if through <= folded_to:
            return 0
        given |= {"after": folded_to, "through": through, "store": store, "kind": kind, "zone": zone}
        _add(cursor, group, given)
        cursor.execute(_MOVE, given)
    return int(through - folded_to)


def _take(cursor: Any, given: dict[str, Any]) -> tuple[int, int, int, str, str]:
    """Lock the watermark. Read with it: `folded_to`, the series' head, its store, its kind and the store's zone."""
    cursor.execute(_TAKE, given)
    found = cursor.fetchone()
    if found is None or found[4] is None:
        cursor.execute(_BEGIN, given)
        zones = {store.id: store.timezone for store in read_stores()}
        cursor.execute("SELECT store_id FROM invoices_series WHERE id = %(series)s", given)
        (store,) = cursor.fetchone()
        cursor.execute(_BEGIN_STORE, {**given, "store": store, "zone": zones[store]})
        cursor.execute(_TAKE, given)
        found = cursor.fetchone()
    return found  # type: ignore[no-any-return]


def _add(cursor: Any, group: str, given: dict[str, Any]) -> None:
    """Add the documents to the rollups of `group`."""
    if group == LIVE:
        late.note_late(cursor, given, HOUR.found(DOCUMENTS))
        for rollup in of_group(group):
            cursor.execute(rollup.add(DOCUMENTS), given)
        return
    customers.lock_store(given["generation"], given["store"])
    concerned = customers.find_customers(given, DOCUMENTS)
    with customers.cohorts_kept(given["generation"], given["store"], concerned):
        for rollup in of_group(group):
            cursor.execute(rollup.add(DOCUMENTS), given)
