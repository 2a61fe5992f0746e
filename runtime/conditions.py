"""The conditions that hold: what is wrong now, since when, and what to do about it.

A condition is a state, not an event: the code raises it repeatedly while it lasts, and it keeps the time of the first
raise.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

DATABASE_BUSY, POOL_FULL, DISK_FULL, DESCRIPTORS_LOW = "database-busy", "pool-full", "disk-full", "descriptors-low"
RUN_STALLED, FEED_STALLED, QUEUE_GROWING = "run-stalled", "feed-stalled", "queue-growing"
LOOP_STOPPED = "loop-stopped"
FIGURES_BEHIND = "figures-behind"
EVENTS_BEHIND, EVENTS_DEAD = "events-behind", "events-dead"
REPLICA_AWAY = "replica-away"
NAMES = (
    DATABASE_BUSY, POOL_FULL, DISK_FULL, DESCRIPTORS_LOW, RUN_STALLED, FEED_STALLED, QUEUE_GROWING, LOOP_STOPPED, FIGURES_BEHIND,
    EVENTS_BEHIND, EVENTS_DEAD, REPLICA_AWAY,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition. `name` is listed in docs/conditions.md, `subject` is what it concerns, `sentence` states the cause
    and the remedy.
    """

    name: str
    subject: str
    sentence: str
    since: datetime

    def as_json(self) -> dict[str, str]:
        """The condition in the form that the API and the heartbeats use."""
        since = self.since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"name": self.name, "since": since, "subject": self.subject, "sentence": self.sentence}


_lock = threading.Lock()
_current: dict[tuple[str, str], Condition] = {}


def raise_condition(name: str, subject: str, sentence: str) -> None:
    """Record that the condition holds. A condition that already holds keeps its `since` and gets the new sentence."""
    with _lock:
        known = _current.get((name, subject))
        fresh = Condition(name=name, subject=subject, sentence=sentence, since=datetime.now(UTC))
        _current[name, subject] = replace(known, sentence=sentence) if known else fresh


def clear_condition(name: str, subject: str) -> None:
    """Record that the condition does not hold; has no effect when it did not hold."""
    with _lock:
        _current.pop((name, subject), None)


def current() -> list[Condition]:
    """The conditions that this process has found and that hold now, oldest first."""
    with _lock:
        found = list(_current.values())
    return sorted(found, key=lambda condition: (condition.since, condition.name, condition.subject))


def _read_own() -> list[dict[str, str]]:
    return [condition.as_json() for condition in current()]


_read_all: Callable[[], Sequence[dict[str, str]]] = _read_own


def register_reader(read: Callable[[], Sequence[dict[str, str]]]) -> None:
    """Register `read`, which returns the conditions of all processes as JSON. It must not query the database."""
    global _read_all
    _read_all = read


def read_all() -> Sequence[dict[str, str]]:
    """The conditions of all processes as JSON, for a 503; without a registered reader those of this process."""
    return _read_all()
