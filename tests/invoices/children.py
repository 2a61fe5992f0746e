"""Ticks in processes of their own, which can be held up, frozen or killed at a known place inside the transaction."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

from runtime.environment import BASE_DIR
from tests.waiting import wait_for

NAME = "ticker"


def database_url() -> str:
    """The address of the tests' database."""
    settings = connection.settings_dict
    return f"postgresql://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}"


class Ticker:
    """`python -m tests.invoices.ticker` on the tests' database. Its sessions have no time limits: nothing ends them."""

    def __init__(self) -> None:
        env = os.environ | {
            "DATABASE_URL": f"{database_url()}&application_name={NAME}",
            "DJANGO_SETTINGS_MODULE": "invoicedash.settings",
        }
        self._last: Tick | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.invoices.ticker"],
            cwd=BASE_DIR,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def tick(self) -> Tick:
        """Begin a tick, without waiting for its end. What is left of the one before, after a failed test, is killed."""
        if self._last:
            self._last.kill()
        assert self._process.stdin
        self._process.stdin.write("tick\n")
        self._last = Tick(self, int(self.read("tick")))
        return self._last

    def read(self, expected: str) -> str:
        """The rest of the next line after the word `expected`; raises `AssertionError` when the line begins with another word.

        Otherwise an error message could be taken for the id of a process, which the test would signal.
        """
        assert self._process.stdout
        word, _, rest = self._process.stdout.readline().strip().partition(" ")
        assert word == expected, f"the ticker said {word!r} instead of {expected!r}"
        return rest

    def close(self) -> None:
        if self._last:
            self._last.kill()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            pipe.close()


class Tick:
    """One tick at work in process `pid`."""

    def __init__(self, ticker: Ticker, pid: int) -> None:
        self.pid = pid
        self._ticker = ticker
        self._result: str | None = None

    def result(self) -> str:
        """How many invoices it issued, the name of the database error it met, or `killed`; waits for its end."""
        if self._result is None:
            self._result = self._ticker.read("done")
        return self._result

    def wait_until_held_up(self) -> None:
        """Until its database session waits for another session's lock."""
        wait_for(lambda: _session("wait_event_type = 'Lock'"), "the tick to be held up")

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)
        wait_for(self._is_frozen, "the tick to be frozen")

    def wait_until_server_waits(self) -> None:
        """Until its session has nothing more to do than to wait for the frozen process."""
        wait_for(lambda: _session("wait_event = 'ClientRead'"), "the server to wait for the tick")

    def thaw(self) -> str:
        """Let it go on, and return its result."""
        if self._result is None:
            os.kill(self.pid, signal.SIGCONT)
        return self.result()

    def kill(self) -> str:
        """Kill it now, and return its result: it may just have made it."""
        if self._result is None:
            os.kill(self.pid, signal.SIGKILL)
        return self.result()

    def _is_frozen(self) -> bool:
        with open(f"/proc/{self.pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"


@contextmanager
def holding(lock: str, *parameters: Any) -> Iterator[None]:
    """Hold what the statement locks, in a session beside the tests', until the block ends."""
    with psycopg.connect(database_url()) as wall:
        wall.execute(lock, parameters)
        yield
        wall.rollback()


def _session(condition: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s AND "
            + condition,
            [NAME],
        )
        return cursor.fetchone() is not None
