"""The loops of pipes, run by the process `loops`."""

from __future__ import annotations

from integrations.pipes.retention import empty_old
from integrations.pipes.working import WAKE_NAME, take_next
from runtime.background_loops import LoopSpec
from runtime.connection import close_connection

TAKE_LOOP = LoopSpec(
    name="ingest", turn=take_next, every_seconds=1.0, within_seconds=60.0, woken_by=WAKE_NAME,
    after_error=close_connection,
)  # fmt: skip
RETENTION_LOOP = LoopSpec(
    name="ingest-retention", turn=empty_old, every_seconds=600.0, within_seconds=1200.0, after_error=close_connection,
    before_pause=close_connection,
)  # fmt: skip
