"""What this process knows of PostgreSQL itself: whether it answers, and what its errors mean.

The web process asks PostgreSQL all the time on a connection of its own (`dashboard.conditions.monitor`) and notes the
outcome here, so that an answer to a caller never waits for another question.
"""

from __future__ import annotations

import time

from runtime.conditions import clear_condition, raise_condition

BUSY = "database-busy"
DOWN = "down"
# Longer than the pause between two questions.
SILENT_SECONDS = 2.5
DISK_FULL = "53100"
_DISK_SUBJECT = "postgresql"
REFUSED_SECONDS = 10.0

_answered_at: float | None = None
_refused_at: float | None = None


def note_answer() -> None:
    """PostgreSQL answered."""
    global _answered_at
    _answered_at = time.monotonic()
    clear_condition(BUSY, DOWN)


def note_silence(reason: str) -> None:
    """PostgreSQL refused a connection or did not answer in time; `reason` is a few words."""
    global _answered_at
    _answered_at = -1e9
    raise_condition(BUSY, DOWN, f"PostgreSQL does not answer ({reason}); every process tries again by itself.")


def is_silent() -> bool | None:
    """Whether PostgreSQL does not answer; None in a process that does not ask all the time."""
    if _answered_at is None:
        return None
    return time.monotonic() - _answered_at > SILENT_SECONDS


def sqlstate(error: BaseException | None) -> str:
    """PostgreSQL's code for an error of psycopg or of Django, which wraps the former; empty for errors without one."""
    found = getattr(error, "sqlstate", None) or getattr(getattr(error, "__cause__", None), "sqlstate", None)
    return str(found or "")


def note_error(error: BaseException) -> None:
    """Raise `disk-full` when PostgreSQL refused a write for want of space."""
    global _refused_at
    if sqlstate(error) == DISK_FULL:
        _refused_at = time.monotonic()
        sentence = "PostgreSQL cannot store anything: its disk is full. Free space; everything goes on by itself."
        raise_condition("disk-full", _DISK_SUBJECT, sentence)


def forget_old_errors() -> None:
    """Clear `disk-full` once PostgreSQL has refused nothing for `REFUSED_SECONDS`."""
    if _refused_at is not None and time.monotonic() - _refused_at > REFUSED_SECONDS:
        clear_condition("disk-full", _DISK_SUBJECT)
