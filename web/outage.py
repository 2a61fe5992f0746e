"""Explains why PostgreSQL did not serve a request: a keyword, and a sentence for the client.

The keyword is `down` only when the server does not answer. Often the server runs and cannot serve: rows are locked, the
disk is full.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass

from psycopg_pool import PoolTimeout

from runtime import conditions, database
from runtime.conditions import DATABASE_BUSY, DISK_FULL
from runtime.ping import ping

PING_SECONDS = 0.5
LOCK_CODES = ("55P03", "40P01", "40001")
BUSY_CODES = ("57014", "25P03", "53300", "53200")
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Reason:
    """A reason; `word` is one of busy, locked, full pool, full disk, down."""

    word: str
    sentence: str


_REASONS = {
    reason.word: reason
    for reason in (
        Reason("busy", "PostgreSQL is busy and did not finish in time."),
        Reason("locked", "Another transaction holds the rows that this request needs."),
        Reason("full pool", "All database connections of this process are in use."),
        Reason("full disk", "The disk is full, so nothing can be stored; free space first."),
        Reason("down", "PostgreSQL does not answer."),
    )
}


def explain(error: BaseException | None) -> Reason:
    """The reason for an error of PostgreSQL or the operating system, or for a missing answer."""
    return _REASONS[_word(error)]


def is_disk_full(error: BaseException | None) -> bool:
    """Whether the operating system rejected a write because the disk is full."""
    return isinstance(error, OSError) and error.errno in NO_SPACE


def _word(error: BaseException | None) -> str:
    if error is not None:
        database.note_error(error)
    code = database.sqlstate(error)
    if is_disk_full(error) or code == database.NO_SPACE_CODE or _holds(DISK_FULL):
        return "full disk"
    if code in LOCK_CODES:
        return "locked"
    if database.is_unreachable():
        return "down"
    if isinstance(error, PoolTimeout) or isinstance(getattr(error, "__cause__", None), PoolTimeout):
        return "full pool"
    if code in BUSY_CODES or code[:2] not in ("", "08", "57"):
        return "locked" if _holds(DATABASE_BUSY, "locked") else "busy"
    # The connection was lost: PostgreSQL may be down, or may have closed only this one.
    return "busy" if ping(PING_SECONDS) is not None else "down"


def _holds(name: str, subject: str | None = None) -> bool:
    return any(each.name == name and subject in (None, each.subject) for each in conditions.current())
