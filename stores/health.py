"""The health of stores in one word. Connectors register how the health of the stores of their platform is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Literal

from stores.models import Store

Health = Literal["ok", "silent", "late", "error", "connecting"]
# Ids of active stores -> their health; a store that is left out is ok.
ReadHealth = Callable[[Collection[int]], Mapping[int, Health]]
_readers: dict[str, ReadHealth] = {}
Status = Store.Status
_BY_STATUS: dict[str, Health] = {Status.CONNECTING: "connecting", Status.DISCONNECTED: "error"}


def register_health(platform: str, read: ReadHealth) -> None:
    """Register how the health of active stores of `platform` is read, all at once."""
    _readers[platform] = read


def read_health(stores: Iterable[Store]) -> dict[int, Health]:
    """The health of each store by its id, with one read for each platform."""
    active: dict[str, list[int]] = {}
    found: dict[int, Health] = {}
    for store in stores:
        found[store.pk] = _BY_STATUS.get(store.status, "ok")
        if store.status == Status.ACTIVE:
            active.setdefault(store.platform, []).append(store.pk)
    for platform, ids in active.items():
        if platform in _readers:
            found |= _readers[platform](ids)
    return found
