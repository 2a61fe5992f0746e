"""Asks PostgreSQL which messages of beat are needed now: one statement for all tasks, on one connection, without
Django.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping

import psycopg
from psycopg import sql

from invoicedash import sessions

logger = logging.getLogger(__name__)

# Tasks that are due at about the same time share an answer; shorter than the shortest period in the schedule.
FRESH_SECONDS = 0.15


class Questions:
    """The queries of all tasks: `needed` maps a task to a SELECT of the arguments of its messages."""

    def __init__(self, database_url: str, needed: Mapping[str, str]) -> None:
        self._database_url = database_url
        self._tasks = frozenset(needed)
        self._statement = _one_statement(needed)
        self._connection: psycopg.Connection[tuple[str, str | None]] | None = None
        self._answers: dict[str, list[list[str]]] = {}
        self._asked_at = -math.inf
        self.count, self.seconds = 0, 0.0

    def arguments_for(self, task: str) -> list[list[str]]:
        """The arguments of each message that `task` needs now; none while PostgreSQL does not answer."""
        if task not in self._tasks:
            return [[]]
        if time.monotonic() - self._asked_at >= FRESH_SECONDS:
            self._ask()
        # Each answer causes a message once, however often beat asks.
        return self._answers.pop(task, [])

    def _ask(self) -> None:
        started = time.monotonic()
        self._answers = {}
        try:
            for task, argument in self._connected().execute(self._statement, prepare=True):
                self._answers.setdefault(task, []).append([] if argument is None else [argument])
        except psycopg.Error as error:
            logger.warning("PostgreSQL does not answer; no message is sent: %s", error)
            self.close()
        self._asked_at = time.monotonic()
        self.count, self.seconds = self.count + 1, self.seconds + self._asked_at - started

    def _connected(self) -> psycopg.Connection[tuple[str, str | None]]:
        if self._connection is None:
            self._connection = psycopg.connect(
                self._database_url,
                autocommit=True,
                connect_timeout=sessions.CONNECT_SECONDS,
                application_name="invoicedash-beat",
                options=sessions.serving_options(),
            )
        return self._connection

    def close(self) -> None:
        """Close the connection; the next query opens another one."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _one_statement(needed: Mapping[str, str]) -> bytes:
    """One statement that returns rows (task, argument) of all tasks."""
    parts = [
        sql.SQL("SELECT {task}, argument FROM ({select}) AS needed(argument)").format(
            task=sql.Literal(task),
            select=sql.SQL(select),
        )
        for task, select in needed.items()
    ]
    return sql.SQL(" UNION ALL ").join(parts).as_bytes(None)
