"""What the screens of a store show of commerce: the carts that buyers fill now."""

from __future__ import annotations

from typing import Any

from commerce import carts
from runtime.clock import read_clock
from stores.queries import StoreFacts


def read_state(store: StoreFacts) -> dict[str, Any]:
    """The part of a store's status; `active_carts` is null where the shop has reported no cart for a day."""
    return {"active_carts": carts.count_active(store, read_clock()) if carts.is_known(store) else None}
