"""Writes the heartbeats of a process without Django, in the format of `runtime.heartbeats`."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg

from runtime import beats, descriptors
from runtime.repeat import repeat

STARTED_AT = datetime.now(UTC)


Cost = Callable[[], tuple[int, float]]


def start(name: str, database_url: str, *, cost: Cost = lambda: (0, 0.0)) -> None:
    """Start to write a heartbeat of process `name` every two seconds. `cost` returns its query count and query seconds."""
    descriptors.raise_limit()
    heartbeats = _Heartbeats(name, database_url, cost)
    repeat("heartbeat", heartbeats.beat, every_seconds=beats.BEAT_SECONDS, within_seconds=beats.WITHIN_SECONDS)


class _Heartbeats:
    """The heartbeats of one process, on a connection that is opened again after a failure."""

    def __init__(self, name: str, database_url: str, cost: Cost) -> None:
        self._name = name
        self._cost = cost
        self._url = database_url
        self._connection: psycopg.Connection[Any] | None = None
        self._turns = self._memory = 0

    def beat(self) -> None:
        if self._turns % beats.MEMORY_EVERY == 0:
            self._memory = beats.memory_bytes()
        self._turns += 1
        descriptors.reserve.look()
        try:
            self._connect().execute(beats.WRITE, self._row())
        except psycopg.Error:
            self._connection = None

    def _connect(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            application_name = f"invoicedash-{self._name}"
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=2, application_name=application_name
            )
        return self._connection

    def _row(self) -> dict[str, Any]:
        count, seconds = self._cost()
        cost = {"count": count, "seconds": seconds, "counters": beats.report({})}
        return {"name": self._name, "pid": os.getpid(), "started_at": STARTED_AT, "memory": self._memory, **cost}
