"""Whether this web process was told to stop: from then on `/readyz` answers 503, and it takes on nothing new.

What it has begun it ends: requests under way are answered within `DRAIN_SECONDS`, and every WebSocket gets close code
`GOING_AWAY`, upon which a screen resumes with another process, or with this one after its next start.
"""

from __future__ import annotations

# Longer than any answer may take (limits.ANSWER_SECONDS), shorter than `make run` waits for a process to end.
DRAIN_SECONDS = 3.0
# Service restart (RFC 6455's registry): come again.
GOING_AWAY = 1012
_has_begun = False


def begin() -> None:
    """From here on nobody is told that this process is ready."""
    global _has_begun
    _has_begun = True


def is_stopping() -> bool:
    return _has_begun
