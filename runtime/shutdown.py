"""Whether this web process is stopping: then `/readyz` answers 503 and the process accepts no new work.

The process finishes what it has begun: it answers the requests under way within `DRAIN_SECONDS` and closes every
WebSocket with code `GOING_AWAY`. The client then resumes with another process, or with this one after its restart.
A thread that waits for a database without an answer cannot be ended, so the process does not wait for such threads.
"""

from __future__ import annotations

import logging
import os
import threading

logger = logging.getLogger(__name__)

# Longer than any answer may take (limits.ANSWER_SECONDS), shorter than `make run` waits for a process to end.
DRAIN_SECONDS = 3.0
# For what follows the drain: closing connections, ending threads.
EXIT_SECONDS = 4.0
# "Service restart" in the registry of RFC 6455: the client reconnects.
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
