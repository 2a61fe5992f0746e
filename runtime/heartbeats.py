"""Heartbeats: every two seconds each process records in PostgreSQL that it is alive, with the resources it has used.

This applies to processes that were started under a name (`INVOICEDASH_PROCESS`), the processes of the Procfile.
Commands have no name.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from runtime import database, descriptors
from runtime.beats import BEAT_SECONDS, MEMORY_EVERY, WITHIN_SECONDS, WRITE, memory_bytes, report
from runtime.repeat import repeat

logger = logging.getLogger(__name__)

STARTED_AT = datetime.now(UTC)


class QueryMeter:
    """Counts the queries of this process and their duration in seconds, as the caller waited for them."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        except DatabaseError as error:
            database.note_error(error)
            raise
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - started


METER = QueryMeter()
# Other counters of this process since its start, by name; the apps above choose the names.
COUNTERS: Counter[str] = Counter()


def count(name: str, more: int = 1) -> None:
    """Add to a counter of this process, which its heartbeat carries."""
    COUNTERS[name] += more


def start() -> None:
    """Start the meter and, in a process with a name, the heartbeats."""
    connection_created.connect(_meter, dispatch_uid="query-meter")
    if settings.INVOICEDASH_PROCESS:
        descriptors.raise_limit()
        heart = _Heartbeats(settings.INVOICEDASH_PROCESS)
        repeat("heartbeat", heart.beat, every_seconds=BEAT_SECONDS, within_seconds=WITHIN_SECONDS)


def read() -> list[dict[str, Any]]:
    """Return the last heartbeat of every process, by name, with its age in seconds on the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, pid, started_at, beat_at, query_count, query_seconds, memory_bytes, counters,"
            " extract(epoch FROM clock_timestamp() - beat_at)::float AS age_seconds"
            " FROM streaming_heartbeat ORDER BY name"
        )
        columns = [column[0] for column in cursor.description or []]
        beats = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return [beat | _read_report(beat["counters"]) for beat in beats]


def _read_report(text: str) -> dict[str, Any]:
    """Split a report into counters, loops and conditions, the reverse of `beats.report`."""
    counters = json.loads(text)
    return {"loops": counters.pop("loops", []), "conditions": counters.pop("conditions", []), "counters": counters}


def _meter(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if METER not in connection.execute_wrappers:
        connection.execute_wrappers.append(METER)


class _Heartbeats:
    """The heartbeats of one process. The memory is measured at every fifth heartbeat."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._turns = self._memory = 0

    def beat(self) -> None:
        apps.ready_event.wait()
        if self._turns % MEMORY_EVERY == 0:
            self._memory = memory_bytes()
        self._turns += 1
        database.forget_old_errors()
        descriptors.reserve.look()
        try:
            beat(self._name, self._memory)
        except DatabaseError:
            connection.close()


def beat(name: str, memory: int) -> None:
    """Write one heartbeat of process `name`; `memory` is in bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "name": name,
                "pid": os.getpid(),
                "started_at": STARTED_AT,
                "count": METER.count,
                "seconds": METER.seconds,
                "memory": memory,
                "counters": report(COUNTERS),
            },
        )
