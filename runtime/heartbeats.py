"""Each process says every two seconds that it lives, in a row of PostgreSQL, with what it has cost so far.

A process is one that was started under a name (`INVOICEDASH_PROCESS`): those of the Procfile. Commands have none.
"""

from __future__ import annotations

import json
import logging
import os
import threading
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

from runtime.beats import BEAT_SECONDS, MEMORY_EVERY, WRITE, memory_bytes

logger = logging.getLogger(__name__)

STARTED_AT = datetime.now(UTC)


class QueryMeter:
    """Counts the queries of this process and the seconds they took, as the caller waited for them."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - started


METER = QueryMeter()
# What else this process has counted since it started, by name; the apps above know what.
COUNTERS: Counter[str] = Counter()


def count(name: str, more: int = 1) -> None:
    """Add to a counter of this process, which its heartbeat carries."""
    COUNTERS[name] += more


def start() -> None:
    """Begin to meter and, in a process with a name, to beat."""
    connection_created.connect(_meter, dispatch_uid="query-meter")
    if settings.INVOICEDASH_PROCESS:
        threading.Thread(target=_beat_for_ever, args=[settings.INVOICEDASH_PROCESS], daemon=True).start()


def read() -> list[dict[str, Any]]:
    """The last heartbeat of every process, by name, with its age in seconds on the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, pid, started_at, beat_at, query_count, query_seconds, memory_bytes, counters,"
            " extract(epoch FROM clock_timestamp() - beat_at)::float AS age_seconds"
            " FROM streaming_heartbeat ORDER BY name"
        )
        columns = [column[0] for column in cursor.description or []]
        beats = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return [beat | {"counters": json.loads(beat["counters"])} for beat in beats]


def _meter(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if METER not in connection.execute_wrappers:
        connection.execute_wrappers.append(METER)


def _beat_for_ever(name: str) -> None:
    apps.ready_event.wait()
    beats, memory = 0, 0
    while True:
        if beats % MEMORY_EVERY == 0:
            memory = memory_bytes()
        beats += 1
        try:
            beat(name, memory)
        except DatabaseError:
            connection.close()
        time.sleep(BEAT_SECONDS)


def beat(name: str, memory: int) -> None:
    """Write one heartbeat of process `name`, whose memory is `memory` bytes."""
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
                "counters": json.dumps(COUNTERS),
            },
        )
