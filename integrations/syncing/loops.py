"""The loop of the reconciler, run by the process `loops`."""

from __future__ import annotations

from integrations.syncing.reconciling import reconcile_next
from runtime.background_loops import LoopSpec
from runtime.connection import close_connection

RECONCILE_LOOP = LoopSpec(
    name="reconcile", turn=reconcile_next, every_seconds=2.0, within_seconds=600.0, after_error=close_connection
)  # fmt: skip
