"""The deliveries of a store on its screens: counts of what a person may have to look at, and the health of the source."""

from __future__ import annotations

import math
import time
from typing import Any

from integrations.webhooks import platforms, queries
from integrations.webhooks.states import State
from stores.queries import StoreFacts

# Settled deliveries are many, and their counts change no decision.
COUNTED = (State.NEW, State.QUARANTINED, State.DEAD)
# A burst of deliveries needs no more frames than this.
REPORT_SECONDS = 1.0
_reported_at: dict[int, float] = {}
# The platforms of the stores whose health is to be sent.
_owed: dict[int, str] = {}


def read_state(store: StoreFacts) -> dict[str, Any]:
    """The part of a store's status that its deliveries make."""
    counts = queries.count_by_state(store.id, COUNTED)
    return {"delivery_counts": {state.value: counts.get(state, 0) for state in COUNTED}}


def report_applied(platform: str, store_id: int) -> None:
    """Send the health of the store, of which a delivery was just applied, to its screens; at most once a second."""
    _owed[store_id] = platform
    send_owed()


def send_owed() -> None:
    """Send what was held back because the last frame of the store was too recent."""
    now = time.monotonic()
    for store_id in list(_owed):
        if now - _reported_at.get(store_id, -math.inf) >= REPORT_SECONDS:
            platform, _reported_at[store_id] = _owed.pop(store_id, None), now
            if platform is not None:
                platforms.send_health(platform, store_id)
