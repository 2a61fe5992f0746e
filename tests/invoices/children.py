"""Processes of the tests' own that tick, and can be frozen or killed in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from django.conf import settings
from django.db import connection

from invoicedash.environment import BASE_DIR
from tests.stack import wait_for

START_SECONDS = 20.0


class Ticker:
    """`python -m tests.invoices.ticker` beside the tests, on their database, with a serving process's limits."""

    def __init__(self) -> None:
        database = connection.settings_dict
        env = os.environ | {
            "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
            "DJANGO_SETTINGS_MODULE": "invoicedash.settings",
            "INVOICEDASH_PROCESS": "worker",
            "INVOICEDASH_CURRENCY": settings.INVOICEDASH_CURRENCY,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.invoices.ticker"],
            cwd=BASE_DIR,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def wait_until_ready(self) -> Ticker:
        assert self.answer() == "ready"
        return self

    def tick(self) -> None:
        """Have it begin a tick, without waiting."""
        assert self._process.stdin
        self._process.stdin.write("tick\n")

    def answer(self) -> str:
        """How many invoices its tick issued, or the name of what it raised; empty when it is dead."""
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)
        wait_for(lambda: self._state() == "T", 5, "the ticker to be frozen")

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            pipe.close()

    def _state(self) -> str:
        with open(f"/proc/{self._process.pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
