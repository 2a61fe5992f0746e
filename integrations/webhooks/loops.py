"""The loops of the intake, run by the process `loops`.

What needs an answer of a shop has a loop of its own, so that a slow shop delays no order that arrived whole. A delivery is
claimed, so helpers work on others, and most of the time of a turn is a wait for PostgreSQL.
"""

from __future__ import annotations

from functools import partial

from integrations.webhooks.retention import delete_old
from integrations.webhooks.waking import WAKE_NAME
from integrations.webhooks.working import work_next
from runtime.background_loops import LoopSpec
from runtime.connection import close_connection

WITHIN_SECONDS = 60.0
# Longer than the requests of one delivery may take.
ASK_WITHIN_SECONDS = 180.0

APPLY_LOOP = LoopSpec(
    name="intake", turn=partial(work_next, may_ask=False), every_seconds=1.0, within_seconds=WITHIN_SECONDS,
    woken_by=WAKE_NAME, after_error=close_connection, most_helpers=2,
)  # fmt: skip
ASK_LOOP = LoopSpec(
    name="intake-asks", turn=partial(work_next, may_ask=True), every_seconds=1.0, within_seconds=ASK_WITHIN_SECONDS,
    woken_by=WAKE_NAME, after_error=close_connection, most_helpers=2,
)  # fmt: skip
RETENTION_LOOP = LoopSpec(
    name="intake-retention", turn=delete_old, every_seconds=600.0, within_seconds=1200.0,
    after_error=close_connection, before_pause=close_connection,
)  # fmt: skip
