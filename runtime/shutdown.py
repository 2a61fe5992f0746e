"""Whether this web process is stopping: then `/readyz` answers 503 and the process accepts no new work.

The process finishes what it has begun: it answers the requests under way within `DRAIN_SECONDS` and closes every
WebSocket with code `GOING_AWAY`. The client then resumes with another process, or with this one after its restart.
"""

from __future__ import annotations

# Longer than any answer may take (limits.ANSWER_SECONDS), shorter than `make run` waits for a process to end.
DRAIN_SECONDS = 3.0
# "Service restart" in the registry of RFC 6455: the client reconnects.
GOING_AWAY = 1012
_has_begun = False


def begin() -> None:
    """From now on, this process reports that it is not ready."""
    global _has_begun
    _has_begun = True


def is_stopping() -> bool:
    return _has_begun
