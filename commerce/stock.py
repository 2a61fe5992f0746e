"""Stock of stores: a level for each variant and place, changed by movements only.

A shop reports how many are left. The difference to the known count becomes a movement `counted`. A report that is older
than the newest known one changes no count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from commerce.models import StockLevel
from commerce.products import name_variants
from runtime.formats import iso
from stores.queries import StoreFacts
from stores.rows import rows_of

# WooCommerce's own default.
LOW_AT = 2
_COLUMNS = ("sku", "location", "available", "low_at", "changed_at")
_GIVEN = """unnest(%(sku)s::text[], %(location)s::text[], %(available)s::int[], %(low_at)s::int[],
    %(changed_at)s::timestamptz[]) AS given(sku, location, available, low_at, changed_at)"""
_ENSURE = f"""
INSERT INTO commerce_stocklevel (store_id, variant_id, location, updated_at)
SELECT %(store)s, v.id, given.location, '-infinity' FROM {_GIVEN}
JOIN commerce_variant v ON v.store_id = %(store)s AND v.sku = given.sku ORDER BY v.id, given.location
ON CONFLICT (variant_id, location) DO NOTHING
"""
# The shop's own times decide which level is newer, where it gives them. An older report shows that the shop has the article.
_COUNT = f"""
WITH level AS MATERIALIZED (
    SELECT l.id, l.on_hand, given.available, given.low_at, given.changed_at,
        coalesce(given.changed_at >= l.changed_at, l.updated_at <= %(at)s) AS is_newest
    FROM {_GIVEN}
    JOIN commerce_variant v ON v.store_id = %(store)s AND v.sku = given.sku
    JOIN commerce_stocklevel l ON l.variant_id = v.id AND l.location = given.location
    ORDER BY l.id FOR NO KEY UPDATE OF l
), seen AS (
    UPDATE commerce_stocklevel l SET updated_at = %(at)s, gone_at = NULL
    FROM level WHERE l.id = level.id AND NOT level.is_newest AND l.updated_at < %(at)s
), moved AS (
    INSERT INTO commerce_movement (store_id, level_id, kind, quantity, on_hand, at)
    SELECT %(store)s, id, 'counted', available::bigint - on_hand, available, %(at)s FROM level
    WHERE is_newest AND available <> on_hand ORDER BY id
)
UPDATE commerce_stocklevel l SET on_hand = coalesce(level.available, l.on_hand), is_counted = level.available IS NOT NULL,
    low_at = level.low_at, changed_at = level.changed_at, updated_at = greatest(l.updated_at, %(at)s), gone_at = NULL
FROM level WHERE l.id = level.id AND level.is_newest
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


@transaction.atomic
def record_levels(store: StoreFacts, levels: Sequence[Level], *, read_at: datetime) -> int:
    """Record what the shop reported at `read_at`, except levels with a newer known report; returns how many it recorded.

    Of several with one SKU and place, the newest counts; the last, where their times do not differ. An unknown SKU becomes
    a simple product.
    """
    found = _newest(levels)
    name_variants(store.id, {each.sku: each.title for each in found})
    given: dict[str, Any] = {name: [getattr(each, name) for each in found] for name in _COLUMNS}
    given |= {"store": store.id, "at": read_at}
    with connection.cursor() as cursor:
        cursor.execute(_ENSURE, given)
        cursor.execute(_COUNT, given)
        return int(cursor.rowcount)


def _newest(levels: Sequence[Level]) -> list[Level]:
    """One level for each SKU and place, in their order."""
    wanted: dict[tuple[str, str], Level] = {}
    for each in levels:
        there = wanted.get((each.sku, each.location))
        if there is None or not _is_newer(there, each):
            wanted[each.sku, each.location] = each
    return [level for _, level in sorted(wanted.items())]


def _is_newer(level: Level, other: Level) -> bool:
    return bool(level.changed_at and other.changed_at and level.changed_at > other.changed_at)


def mark_gone(store: StoreFacts, read_at: datetime) -> int:
    """Mark the levels that a reading of the whole shop, which began at `read_at`, did not find; returns how many."""
    return _listed(store).filter(updated_at__lt=read_at).update(gone_at=read_at)


def read_page(
    store: StoreFacts, *, is_low: bool = False, after: int = 0, limit: int = 50
) -> tuple[list[dict[str, Any]], int | None]:
    """Levels as the API shows them, after the level with the id `after`, and where the next page begins."""
    rows = _listed(store).filter(pk__gt=after).select_related("variant").order_by("pk")
    found = list((_low(rows) if is_low else rows)[: limit + 1])
    return [_present(each) for each in found[:limit]], found[limit - 1].pk if len(found) > limit else None


def count_low(store: StoreFacts) -> int:
    """How many articles are at or below their mark."""
    return _low(_listed(store)).count()


def is_known(store: StoreFacts) -> bool:
    """Whether the stock of any article is known."""
    return _listed(store).exists()


def _listed(store: StoreFacts) -> QuerySet[StockLevel]:
    """The levels of what the shop has."""
    return rows_of(StockLevel, store.id).filter(gone_at=None)


def _low(rows: QuerySet[StockLevel]) -> QuerySet[StockLevel]:
    return rows.filter(is_counted=True, on_hand__lte=Coalesce(F("low_at"), LOW_AT))


def _present(level: StockLevel) -> dict[str, Any]:
    return {
        "sku": level.sku, "title": level.variant.title, "location": level.location, "available": level.available,
        "updated_at": iso(level.updated_at),
    }  # fmt: skip
