"""Probes whether PostgreSQL answers, on a separate connection outside the pool and with a time limit.

A process that probes continuously keeps the connection.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
from django.db import connection as django_connection

from runtime import database

# Errors of a server that runs and has no free connection.
NO_ROOM = ("too many clients", "remaining connection slots", "too many connections")
ABANDON_SECONDS = 10.0


class Ping:
    """One connection and one thread, shared by all callers that ask at the same time."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ping")
        self._lock = threading.Lock()
        self._asking: Future[float] | None = None
        self._asked_at = 0.0
        self._connection: psycopg.Connection[Any] | None = None

    def ask(self, within_seconds: float) -> float | None:
        """Return the seconds until the answer, or None without an answer in time. Records the outcome for this process."""
        asking = self._begin()
        try:
            seconds = asking.result(within_seconds)
        except TimeoutError:
            database.note_no_answer(f"not within {within_seconds:g} s")
            self._abandon_if_old()
            return None
        except psycopg.Error as error:
            database.note_no_answer(str(error).strip().splitlines()[-1] if str(error).strip() else repr(error))
            return None
        database.note_answer()
        return seconds

    def _begin(self) -> Future[float]:
        with self._lock:
            if self._asking is None or self._asking.done():
                self._asked_at = time.monotonic()
                self._asking = self._thread.submit(self._ask)
            return self._asking

    def _ask(self) -> float:
        started = time.monotonic()
        try:
            self._query()
        except psycopg.Error:
            # The server may have closed only this connection, or may run again since.
            self._close()
            try:
                self._query()
            except psycopg.OperationalError as error:
                self._close()
                if not any(text in str(error) for text in NO_ROOM):
                    raise
        if not database.is_probing():
            self._close()
        return time.monotonic() - started

    def _query(self) -> None:
        if self._connection is None:
            parameters = django_connection.get_connection_params()
            self._connection = psycopg.connect(**parameters, autocommit=True)
        self._connection.execute("SELECT 1")

    def _close(self) -> None:
        with contextlib.suppress(psycopg.Error, OSError):
            if self._connection is not None:
                self._connection.close()
        self._connection = None

    def _abandon_if_old(self) -> None:
        """Close a connection whose peer has vanished without notice: its thread would wait for minutes."""
        connection = self._connection
        if connection is None or time.monotonic() - self._asked_at < ABANDON_SECONDS:
            return
        with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as own:
            own.shutdown(socket.SHUT_RDWR)


_ping: Ping | None = None
_lock = threading.Lock()


def ping(within_seconds: float) -> float | None:
    """Probe PostgreSQL now; see `Ping.ask`."""
    global _ping
    with _lock:
        if _ping is None:
            _ping = Ping()
    return _ping.ask(within_seconds)
