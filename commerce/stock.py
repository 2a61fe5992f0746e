"""Stock of stores as their shops report it: one level for each article and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from commerce.models import StockLevel
from runtime.formats import iso
from stores.queries import StoreFacts
from stores.rows import rows_of

# WooCommerce's own default.
LOW_AT = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """What a shop says of one article. `available` is None where the shop does not count it."""

    sku: str
    title: str
    available: int | None
    low_at: int | None = None
    location: str = ""


def record_levels(store: StoreFacts, levels: Sequence[Level], *, read_at: datetime) -> None:
    """Store the levels; of several with one SKU and place, the last."""
    wanted = {(each.sku, each.location): each for each in levels}
    rows_of(StockLevel, store.id).bulk_create(
        [
            StockLevel(
                store_id=store.id, sku=each.sku, location=each.location, title=each.title, available=each.available,
                low_at=each.low_at, updated_at=read_at,
            )
            for _, each in sorted(wanted.items())
        ],
        update_conflicts=True, unique_fields=["store", "sku", "location"],
        update_fields=["title", "available", "low_at", "updated_at"],
    )  # fmt: skip


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
