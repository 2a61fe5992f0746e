"""The figures of today on the screens of a store: sent after each fold, and read for a screen that opens."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from analytics.metrics.of_store import read_today
from invoices.models import Series
from stores.queries import StoreFacts, read_stores_by_id
from streaming import feed as feeds


def send_figures(series: Collection[int]) -> None:
    """Send the figures of the stores whose documents were folded to the screens of their feeds."""
    folded = set(Series.objects.filter(pk__in=series).values_list("store_id", "feed_id"))
    for store in read_stores_by_id({store_id for store_id, _ in folded}):
        if (store.id, store.feed) in folded and store.status != "erased":
            feeds.send_frames(store.feed, partial(_frames, store))


def _frames(store: StoreFacts) -> list[dict[str, Any]]:
    return [{"type": "metric", **each} for each in read_today(store)["metrics"]]


def read_state(store: StoreFacts) -> dict[str, Any]:
    """The part of a store's status that its figures make."""
    return read_today(store)
