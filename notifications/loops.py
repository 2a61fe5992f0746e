"""The loops of the outbox, run by the process `loops`."""

from __future__ import annotations

from notifications.outbox import WAKE_NAME
from notifications.retention import delete_old
from notifications.sending import send_next
from runtime.background_loops import LoopSpec
from runtime.connection import close_connection

# Longer than a message may take (transports/smtp.py).
WITHIN_SECONDS = 290.0

MAIL_LOOP = LoopSpec(
    name="mail", turn=send_next, every_seconds=1.0, within_seconds=WITHIN_SECONDS, woken_by=WAKE_NAME,
    after_error=close_connection,
)  # fmt: skip
RETENTION_LOOP = LoopSpec(
    name="mail-retention", turn=delete_old, every_seconds=600.0, within_seconds=1200.0,
    after_error=close_connection, before_pause=close_connection,
)  # fmt: skip
