"""Stock of stores as their shops report it: one level for each article and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from commerce.models import StockLevel
from runtime.formats import iso
from stores.queries import StoreFacts
from stores.rows import rows_of

# WooCommerce's own default.
LOW_AT = 2
_GIVEN = ("sku", "location", "title", "available", "low_at", "changed_at")
# One statement, so that of two that are stored at the same time the newer one stays. The older one has seen the article
# all the same.
_UPSERT = """
INSERT INTO commerce_stocklevel AS s (store_id, sku, location, title, available, low_at, changed_at, updated_at)
SELECT %(store)s, given.*, %(read_at)s FROM unnest(
    %(sku)s::text[], %(location)s::text[], %(title)s::text[], %(available)s::integer[], %(low_at)s::integer[],
    %(changed_at)s::timestamptz[]
) AS given
ON CONFLICT (store_id, sku, location) DO UPDATE SET
    title = excluded.title, low_at = excluded.low_at,
    available = CASE WHEN s.changed_at > excluded.changed_at THEN s.available ELSE excluded.available END,
    changed_at = greatest(s.changed_at, excluded.changed_at), updated_at = greatest(s.updated_at, excluded.updated_at)
RETURNING sku, location, changed_at
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """What a shop says of one article. `available` is None where the shop does not count it, `changed_at` where the shop
    does not say when it changed.
    """

    sku: str
    title: str
    available: int | None
    low_at: int | None = None
    location: str = ""
    changed_at: datetime | None = None


def record_levels(store: StoreFacts, levels: Sequence[Level], *, read_at: datetime) -> int:
    """Store the levels, but for those of which a newer one is there; returns how many were stored.

    Of several with one SKU and place, the newest; the last where their times do not differ.
    """
    wanted: dict[tuple[str, str], Level] = {}
    for each in levels:
        there = wanted.get((each.sku, each.location))
        if there is None or not _is_newer(there, each):
            wanted[each.sku, each.location] = each
    rows = [level for _, level in sorted(wanted.items())]
    given: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in _GIVEN}
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, given | {"store": store.id, "read_at": read_at})
        return sum(wanted[sku, location].changed_at == at for sku, location, at in cursor.fetchall())


def _is_newer(level: Level, other: Level) -> bool:
    return bool(level.changed_at and other.changed_at and level.changed_at > other.changed_at)


def remove_older(store: StoreFacts, read_at: datetime) -> int:
    """Delete the levels that a reading of the whole shop, which began at `read_at`, did not find."""
    return rows_of(StockLevel, store.id).filter(updated_at__lt=read_at).delete()[0]


def read_page(
    store: StoreFacts, *, is_low: bool = False, after: int = 0, limit: int = 50
) -> tuple[list[dict[str, Any]], int | None]:
    """Levels as the API shows them, after the level with the id `after`, and where the next page begins."""
    rows = rows_of(StockLevel, store.id).filter(pk__gt=after).order_by("pk")
    found = list((_low(rows) if is_low else rows)[: limit + 1])
    return [_present(each) for each in found[:limit]], found[limit - 1].pk if len(found) > limit else None


def count_low(store: StoreFacts) -> int:
    """How many articles are at or below their mark."""
    return _low(rows_of(StockLevel, store.id)).count()


def is_known(store: StoreFacts) -> bool:
    """Whether the stock of any article is known."""
    return rows_of(StockLevel, store.id).exists()


def _low(rows: QuerySet[StockLevel]) -> QuerySet[StockLevel]:
    return rows.filter(available__lte=Coalesce(F("low_at"), LOW_AT))


def _present(level: StockLevel) -> dict[str, Any]:
    return {
        "sku": level.sku, "title": level.title, "location": level.location, "available": level.available,
        "updated_at": iso(level.updated_at),
    }  # fmt: skip
