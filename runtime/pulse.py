"""The heartbeat of a process that does without Django, as `runtime.heartbeats` writes it where Django is loaded."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from typing import Any

import psycopg

from runtime import beats

STARTED_AT = datetime.now(UTC)


def start(name: str, database_url: str) -> None:
    """Say every two seconds, from now on, that process `name` lives."""
    threading.Thread(target=_beat_for_ever, args=[name, database_url], daemon=True).start()


def _beat_for_ever(name: str, database_url: str) -> None:
    turns, memory, connection = 0, 0, None
    while True:
        if turns % beats.MEMORY_EVERY == 0:
            memory = beats.memory_bytes()
        turns += 1
        try:
            if connection is None or connection.closed:
                connection = psycopg.connect(
                    database_url, autocommit=True, connect_timeout=2, application_name=f"invoicedash-{name}"
                )
            connection.execute(beats.WRITE, _row(name, memory))
        except psycopg.Error:
            connection = None
        time.sleep(beats.BEAT_SECONDS)


def _row(name: str, memory: int) -> dict[str, Any]:
    nothing = {"count": 0, "seconds": 0.0, "counters": "{}"}
    return {"name": name, "pid": os.getpid(), "started_at": STARTED_AT, "memory": memory, **nothing}
