"""Reads on a replica of PostgreSQL, where `ANALYTICS_DATABASE_URL` names one.

Within `Source.reading`, all queries of this thread go to the replica, which takes no writes. While the replica does not
answer or is far behind, they go to the primary, and the condition `replica-away` says so.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from runtime.conditions import REPLICA_AWAY, clear_condition, raise_condition

T = TypeVar("T")

PRIMARY, REPLICA = "default", "analytics"
SUBJECT = "replica"
# Processes commit heartbeats all the time, so a replica that follows is seconds behind.
MOST_SECONDS_BEHIND = 60.0
# After a failure, so that readers do not wait for a replica that is away.
REST_SECONDS = 5.0
# Up to when the replica has all commits. A server that follows no other one has all.
_STATE = """
SELECT at, extract(epoch FROM clock_timestamp() - at)::float FROM (
    SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp() ELSE clock_timestamp() END
) AS replayed(at)
"""
_as_of: ContextVar[datetime | None] = ContextVar("replica is as of", default=None)
_resting_until = 0.0


@dataclass(frozen=True, kw_only=True)
class Source:
    """The server that a reading uses from its begin to its end: the replica as of `as_of`, or without it the primary."""

    as_of: datetime | None = None

    def reading(self) -> AbstractContextManager[None]:
        """Within, queries of this thread go to the source."""
        return nullcontext() if self.as_of is None else _reading(self.as_of)

    def each(self, found: Iterator[T]) -> Iterator[T]:
        """The same items, each of them read from the source; what the caller does between two of them is not."""
        while True:
            with self.reading():
                try:
                    item = next(found)
                except StopIteration:
                    return
            yield item


def is_configured() -> bool:
    """Whether there is a replica to read from."""
    return REPLICA in settings.DATABASES


def choose() -> Source:
    """The replica, if it can be used now; else the primary. In a transaction, that of the transaction."""
    now = connections[PRIMARY]
    if not is_configured() or now.alias == REPLICA or now.in_atomic_block or time.monotonic() < _resting_until:
        return Source()
    return Source(as_of=_read_state())


def as_of() -> datetime | None:
    """Up to when the present reading has all commits; None for one of the primary, which has all."""
    return _as_of.get()


def look() -> None:
    """Raise or clear the condition."""
    choose()
    if is_configured():
        connections[REPLICA].close()


def _read_state() -> datetime | None:
    """Up to when the replica has all commits; None where it cannot be used, with the condition."""
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(_STATE)
            at, seconds = cursor.fetchone()
    except (DatabaseError, InterfaceError) as error:
        connections[REPLICA].close()
        _rest(f"does not answer ({str(error).strip().splitlines()[0]})")
        return None
    if at is None or seconds > MOST_SECONDS_BEHIND:
        _rest("has no commit of the primary yet" if at is None else f"is {seconds:.0f} s behind")
        return None
    clear_condition(REPLICA_AWAY, SUBJECT)
    return at  # type: ignore[no-any-return]


def _rest(what: str) -> None:
    global _resting_until
    _resting_until = time.monotonic() + REST_SECONDS
    raise_condition(
        REPLICA_AWAY, SUBJECT, f"The replica {what}; figures, lists and exports read the primary meanwhile."
    )


@contextmanager
def _reading(at: datetime) -> Iterator[None]:
    primary, token = connections[PRIMARY], _as_of.set(at)
    connections[PRIMARY] = connections[REPLICA]
    try:
        yield
    finally:
        connections[PRIMARY] = primary
        _as_of.reset(token)
