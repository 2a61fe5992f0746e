"""The state of PostgreSQL as this process sees it: whether it answers, and what its errors mean.

The web process probes PostgreSQL continuously on a separate connection (`dashboard.conditions.monitor`) and records the
outcome here, so that an answer to a client never waits for a probe.
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


def start_probing() -> None:
    """Record that this process probes PostgreSQL every second from now on."""
    global _is_asking
    _is_asking = True


def is_probing() -> bool:
    """Whether this process probes PostgreSQL continuously."""
    return _is_asking


def note_answer() -> None:
    """Record that PostgreSQL answered."""
    global _is_silent
    _is_silent = False
    clear_condition(DATABASE_BUSY, DOWN)


def note_no_answer(reason: str) -> None:
    """Record that PostgreSQL refused a connection or did not answer in time; `reason` is a few words."""
    global _is_silent
    _is_silent = True
    raise_condition(DATABASE_BUSY, DOWN, f"PostgreSQL does not answer ({reason}); every process tries again by itself.")


def is_unreachable() -> bool | None:
    """Whether PostgreSQL does not answer; None in a process that does not probe it continuously."""
    return _is_silent if _is_asking else None


def sqlstate(error: BaseException | None) -> str:
    """PostgreSQL's code (SQLSTATE) of a psycopg error or of the Django error that wraps it; empty without a code."""
    found = getattr(error, "sqlstate", None) or getattr(getattr(error, "__cause__", None), "sqlstate", None)
    return str(found or "")


def note_error(error: BaseException) -> None:
    """Raise `disk-full` when PostgreSQL refused a write because its disk is full."""
    global _refused_at
    if sqlstate(error) == NO_SPACE_CODE:
        _refused_at = time.monotonic()
        sentence = (
            "PostgreSQL cannot store anything: its disk is full. Free space; all processes then resume by themselves."
        )
        raise_condition(DISK_FULL, _DISK_SUBJECT, sentence)


def forget_old_errors() -> None:
    """Clear `disk-full` when PostgreSQL has refused no write for `REFUSED_SECONDS`."""
    if _refused_at is not None and time.monotonic() - _refused_at > REFUSED_SECONDS:
        clear_condition(DISK_FULL, _DISK_SUBJECT)


def explain_no_answer() -> tuple[bool, str]:
    """Explain why PostgreSQL did not answer in time: whether it is down, and a sentence.

    The function sends no query. In a process without a continuous probe, PostgreSQL counts as down.
    """
    summary = "The database did not answer in time"
    if is_unreachable() is not False:
        return True, f"{summary}."
    reasons = [each.sentence for each in current() if each.name in (DISK_FULL, POOL_FULL, DATABASE_BUSY)]
    return False, f"{summary}, because it is busy. {' '.join(reasons)}".strip()
