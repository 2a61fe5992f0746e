"""Reads of deliveries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from integrations.webhooks.models import Delivery
from stores.rows import rows_of, rows_of_all_stores

# Enough to find every topic of a shop.
MOST_LOOKED_AT = 2000


class UnknownDelivery(LookupError):
    """The store has no delivery with that number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Which deliveries of a store; an empty field selects all. `since` is included, `until` is not."""

    state: str | None = None
    topic: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[int, ...] = field(default=())

    def select(self, store_id: int | None) -> QuerySet[Delivery]:
        """The deliveries of a store, or those of no store."""
        wanted = {
            "state": self.state, "topic": self.topic, "received_at__gte": self.since, "received_at__lt": self.until,
            "pk__in": list(self.ids) or None,
        }  # fmt: skip
        given: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
        if store_id is None:
            return rows_of_all_stores(Delivery).filter(store__isnull=True, **given)
        return rows_of(Delivery, store_id).filter(**given)


def read_page(
    store_id: int | None, wanted: Filter, *, before: int | None, limit: int
) -> tuple[list[Delivery], int | None]:
    """The newest deliveries with an id below `before`, and where the next page begins."""
    rows = wanted.select(store_id).defer("body").order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None


def read_one(store_id: int, delivery_id: int) -> Delivery:
    """One delivery with its body; raises `UnknownDelivery`."""
    found = rows_of(Delivery, store_id).filter(pk=delivery_id).first()
    if found is None:
        raise UnknownDelivery(f"There is no delivery {delivery_id} of this store.")
    return found


def count_by_state(store_id: int, states: Collection[str]) -> dict[str, int]:
    """How many deliveries of the store are in each of these states; a state without one is missing."""
    rows = rows_of(Delivery, store_id).filter(state__in=states).values_list("state")
    return dict(rows.annotate(Count("id")).order_by())


def read_topics(store_id: int) -> list[str]:
    """The topics that deliveries of the store have, of the newest ones."""
    newest = rows_of(Delivery, store_id).order_by("-id").values("topic")[:MOST_LOOKED_AT]
    return sorted({row["topic"] for row in newest})
