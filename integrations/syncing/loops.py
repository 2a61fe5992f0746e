"""The loops of the reconciler and of stock, run by the process `loops`.

Most of the time of a reading is a wait for the shop, so helpers read other shops meanwhile. What reads a shop takes 3 MB
and is loaded for the first reading, because an installation without a shop has none.
"""

from __future__ import annotations

from integrations.syncing import sync
from integrations.syncing.stock import StockReader
from runtime.background_loops import LoopSpec
from runtime.connection import close_connection


def reconcile() -> bool:
    """Do one reading that is due; returns whether there was one."""
    if not sync.is_any_due(sync.POLL, sync.CHECK, sync.IDS):
        return False
    from integrations.syncing.reconciling import reconcile_next

    return reconcile_next()


RECONCILE_LOOP = LoopSpec(
    name="reconcile", turn=reconcile, every_seconds=2.0, within_seconds=600.0, after_error=close_connection, most_helpers=3
)  # fmt: skip
STOCK_LOOP = LoopSpec(
    name="stock", turn=StockReader().turn, every_seconds=10.0, within_seconds=600.0, after_error=close_connection
)  # fmt: skip
