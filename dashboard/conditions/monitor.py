"""The monitor of the web process, in two threads: one probes PostgreSQL, the other checks for conditions.

The second thread needs answers of PostgreSQL; the first detects that there are none.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from dashboard.conditions import collect, server
from dashboard.conditions.events import EventWork
from dashboard.conditions.work import Finding, Work
from runtime import database, replica
from runtime.conditions import clear_condition, raise_condition
from runtime.ping import ping
from runtime.repeat import repeat

LOOK_SECONDS = 2.0
# Together shorter than an answer may take (`limits.ANSWER_SECONDS`), so that a client that has waited that long gets
# the reason.
ASK_SECONDS, ANSWER_SECONDS = 1.0, 1.5
WITHIN_SECONDS = 60.0
# Lock waits come and go between two checks.
HOLD_SECONDS = 5.0


class Published:
    """Publishes the findings of one kind of check as conditions: raised while found, and cleared `hold_seconds` later."""

    def __init__(self, hold_seconds: float = 0.0) -> None:
        self._hold_seconds = hold_seconds
        self._found_at: dict[tuple[str, str], float] = {}

    def publish(self, findings: Iterable[Finding], now: float) -> None:
        for finding in findings:
            raise_condition(*finding)
            self._found_at[finding.name, finding.subject] = now
        for (name, subject), found_at in list(self._found_at.items()):
            if found_at != now and now - found_at >= self._hold_seconds:
                clear_condition(name, subject)
                del self._found_at[name, subject]


class Monitor:
    """The work of the two threads in each turn."""

    def __init__(self) -> None:
        self._work, self._events = Work(), EventWork()
        self._progress, self._disk = Published(), Published()
        self._speed, self._locks = Published(HOLD_SECONDS), Published(HOLD_SECONDS)

    def ask(self) -> None:
        """The first thread: whether PostgreSQL answers, how fast, and whether there is free space."""
        now = time.monotonic()
        self._disk.publish(server.check_disk(settings.INVOICEDASH_DATA_DIR), now)
        seconds = ping(ANSWER_SECONDS)
        if seconds is not None:
            self._speed.publish(server.check_speed(seconds), now)

    def look(self) -> None:
        """The second thread: whether queries wait, whether the work progresses, and what the other processes found."""
        apps.ready_event.wait()
        _use_own_connection()
        now = time.monotonic()
        try:
            self._locks.publish(server.check_locks(), now)
            collect.remember_others()
            replica.look()
            self._progress.publish([*self._work.look(now), *self._events.look(now)], now)
        except DatabaseError as error:
            # What cannot be checked now is left unchanged.
            database.note_error(error)
            connections["default"].close()


def start() -> None:
    """Start the monitor of the web process."""
    if settings.INVOICEDASH_PROCESS == "web":
        monitor = Monitor()
        database.start_probing()
        repeat("database", monitor.ask, every_seconds=ASK_SECONDS, within_seconds=WITHIN_SECONDS)
        repeat("conditions", monitor.look, every_seconds=LOOK_SECONDS, within_seconds=WITHIN_SECONDS)


def _use_own_connection() -> None:
    """Give this thread a connection outside the pool, because it must report when the pool is full."""
    known: Any = connections["default"]
    if known.settings_dict["OPTIONS"].get("pool"):
        options = {name: value for name, value in known.settings_dict["OPTIONS"].items() if name != "pool"}
        own = {**known.settings_dict, "OPTIONS": options, "CONN_MAX_AGE": None}
        connections["default"] = DatabaseWrapper(own, alias="default")
