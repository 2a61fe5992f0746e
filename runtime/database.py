"""What this process knows of PostgreSQL itself: whether it answers, and what its errors mean.

The web process asks PostgreSQL all the time on a connection of its own (`dashboard.conditions.monitor`) and notes the
outcome here, so that an answer to a caller never waits for another question.
"""

from __future__ import annotations

import time

from runtime.conditions import DATABASE_BUSY, DISK_FULL, POOL_FULL, clear_condition, current, raise_condition

DOWN = "down"
NO_SPACE_CODE = "53100"
_DISK_SUBJECT = "postgresql"
REFUSED_SECONDS = 10.0

_is_asking = False
_is_silent = False
_refused_at: float | None = None


def begin_asking() -> None:
    """From now on this process asks every second."""
    global _is_asking
    _is_asking = True


def is_asking() -> bool:
    """Whether this process asks all the time."""
    return _is_asking


def note_answer() -> None:
    """PostgreSQL answered."""
    global _is_silent
    _is_silent = False
    clear_condition(DATABASE_BUSY, DOWN)


def note_silence(reason: str) -> None:
    """PostgreSQL refused a connection or did not answer in time; `reason` is a few words."""
    global _is_silent
    _is_silent = True
    raise_condition(DATABASE_BUSY, DOWN, f"PostgreSQL does not answer ({reason}); every process tries again by itself.")


def is_silent() -> bool | None:
    """Whether PostgreSQL does not answer; None in a process that does not ask all the time."""
    return _is_silent if _is_asking else None


def sqlstate(error: BaseException | None) -> str:
    """PostgreSQL's code for an error of psycopg or of Django, which wraps the former; empty for errors without one."""
    found = getattr(error, "sqlstate", None) or getattr(getattr(error, "__cause__", None), "sqlstate", None)
    return str(found or "")


def note_error(error: BaseException) -> None:
    """Raise `disk-full` when PostgreSQL refused a write for want of space."""
    global _refused_at
    if sqlstate(error) == NO_SPACE_CODE:
        _refused_at = time.monotonic()
        sentence = "PostgreSQL cannot store anything: its disk is full. Free space; everything goes on by itself."
        raise_condition(DISK_FULL, _DISK_SUBJECT, sentence)


def forget_old_errors() -> None:
    """Clear `disk-full` once PostgreSQL has refused nothing for `REFUSED_SECONDS`."""
    if _refused_at is not None and time.monotonic() - _refused_at > REFUSED_SECONDS:
        clear_condition(DISK_FULL, _DISK_SUBJECT)


def explain_silence() -> tuple[bool, str]:
    """Why an answer that needs PostgreSQL did not come in time: whether PostgreSQL is down, and a sentence.

    Nothing is asked for it. A process that does not ask all the time counts PostgreSQL as down.
    """
    told = "The database did not answer in time"
    if is_silent() is not False:
        return True, f"{told}."
    reasons = [each.sentence for each in current() if each.name in (DISK_FULL, POOL_FULL, DATABASE_BUSY)]
    return False, f"{told}, because it is busy. {' '.join(reasons)}".strip()
