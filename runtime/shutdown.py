"""Whether this web process was told to stop: from then on `/readyz` answers 503, and it accepts no new work.

The process ends what it has begun: requests under way are answered within `DRAIN_SECONDS`, and every WebSocket gets close
code `GOING_AWAY`, after which a screen resumes with another process, or with this one after its next start. A thread that
waits for a database without an answer cannot be ended, so the process does not wait for such threads.
"""

from __future__ import annotations

import logging
import os
import threading

logger = logging.getLogger(__name__)

# Longer than any answer may take (limits.ANSWER_SECONDS), shorter than `make run` waits for a process to end.
DRAIN_SECONDS = 3.0
# For what comes after the drain: closing connections, ending threads.
EXIT_SECONDS = 4.0
# Service restart (RFC 6455's registry): come again.
GOING_AWAY = 1012
_has_begun = False


def begin(notice_seconds: float = 0.0) -> None:
    """Report from here on that this process is not ready, and end it after the notice, the drain and `EXIT_SECONDS`."""
    global _has_begun
    if not _has_begun:
        _has_begun = True
        last = threading.Timer(notice_seconds + DRAIN_SECONDS + EXIT_SECONDS, _end)
        last.daemon = True
        last.start()


def is_stopping() -> bool:
    return _has_begun


def _end() -> None:
    logger.warning("A thread still waits for an answer; the process ends without it")
    os._exit(0)
