"""The health of a connection on the screens of its store: sent when it changes, and read for a screen that opens."""

from __future__ import annotations

from typing import Any

from integrations.syncing.errors import NotConnected
from integrations.syncing.health import read_health
from stores.queries import StoreFacts, UnknownStore, read_store_by_id
from streaming import feed as feeds

RUNS_SHOWN = 3


def send_health(store_id: int) -> None:
    """Send the health of the store to its screens after the commit; a store that was deleted has none."""
    try:
        store = read_store_by_id(store_id)
    except UnknownStore:
        return
    feeds.send_frames(store.feed, lambda: [{"type": "source", **read_state(store)}])


def read_state(store: StoreFacts) -> dict[str, Any]:
    """The part of a store's status that its connection makes; nothing without a shop."""
    try:
        health = read_health(store)
    except NotConnected:
        return {}
    return {"health": {**health, "runs": health["runs"][:RUNS_SHOWN]}}
