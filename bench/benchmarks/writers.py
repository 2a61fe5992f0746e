"""Measures the cost of the guarantees when each invoice is a transaction of its own, with one writer and with four.

`issue()` is compared with a transaction that only takes the next gapless number and inserts a row. The lock on the series
row serializes writers in both cases, so the other guarantees must cost almost nothing. Writers are processes
(`bench.writer`) on the product's database, each with a connection of its own.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from bench import machine
from bench.frame import Goal, Options, Table, compare_all, ratio
from bench.servers import product_database
from runtime.environment import BASE_DIR

MOST_WRITERS = 4
ISSUE, NUMBER = "issue(), all guarantees", "gapless numbers alone, bare table"
STATEMENT = "gapless numbers alone, one statement"
# The command of `bench.writer` for each side of the comparison.
COMMANDS = {ISSUE: "issue", NUMBER: "number", STATEMENT: "statement"}


def run(options: Options) -> Iterator[Table]:
    """Two tables per number of writers: by the clock, and by processor time."""
    seconds = 0.1 if options.smoke else 1.0
    with product_database(), contextlib.ExitStack() as stack:
        _make_tables()
        writers = [stack.enter_context(Writer()) for _ in range(MOST_WRITERS)]
        for writer in writers:
            writer.wait("ready")
        for writer_count in (1, MOST_WRITERS):
            yield from _compare(writers[:writer_count], seconds, rounds=options.pick(9, 2))


class Writer:
    """A `bench.writer` process, as a context manager. It answers each command with a line."""

    def __enter__(self) -> Writer:
        command = [sys.executable, "-m", "bench.writer"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=BASE_DIR, env=os.environ, stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def send(self, command: str) -> None:
        """Send a command, without waiting for its answer."""
        assert self._process.stdin
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self, word: str) -> None:
        """Wait for the answer `word`; raises `RuntimeError` for another one."""
        if (answer := self.answer()) != word:
            raise RuntimeError(f"A writer answered {answer!r} instead of {word!r}.")

    def answer(self) -> str:
        """The next line that the process writes; empty when the process has ended."""
        assert self._process.stdout
        return self._process.stdout.readline().strip()


def _compare(writers: list[Writer], seconds: float, rounds: int) -> Iterator[Table]:
    """The tables of all sides, each written by `writers` at the same time for `seconds` per round."""
    sides = {name: partial(_write, writers, command, seconds) for name, command in COMMANDS.items()}
    writer_text = f"{len(writers)} writer{'s' if len(writers) > 1 else ''}"
    titles = {
        "rate": (f"Invoices per second, one per transaction, {writer_text}", "1/s"),
        "processor": (f"Processor time per invoice, clients and server, {writer_text}", "ms"),
    }
    rate, processor = compare_all(titles, sides, rounds=rounds)
    goal = Goal(least=0.75, aim=0.9) if len(writers) == MOST_WRITERS else None
    ratio(rate, f"all guarantees : numbers alone, {writer_text}", of=ISSUE, to=NUMBER, goal=goal)
    ratio(rate, f"all guarantees : one statement, {writer_text}", of=ISSUE, to=STATEMENT)
    ratio(processor, f"numbers alone : all guarantees, {writer_text}", of=NUMBER, to=ISSUE)
    yield rate
    yield processor


def _write(writers: list[Writer], command: str, seconds: float) -> dict[str, float]:
    """Invoices per second, and milliseconds of processor time per invoice, of all writers in `seconds`."""
    pids = [*(writer.pid for writer in writers), *_backends()]
    busy_before, started_at = machine.busy_seconds(pids), time.perf_counter()
    for writer in writers:
        writer.send(f"{command} {seconds}")
    count = sum(int(writer.answer()) for writer in writers)
    elapsed = time.perf_counter() - started_at
    busy = machine.busy_seconds(pids) - busy_before
    return {"rate": count / elapsed, "processor": 1000 * busy / count}


def _backends() -> list[int]:
    """The process ids of PostgreSQL's backends that serve clients."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
        return [pid for (pid,) in cursor.fetchall()]


def _make_tables() -> None:
    """Create the bare invoice table, and the one row that gives its gapless numbers."""
    from django.db import connection

    from bench.rows import make_bare

    make_bare("bench_bare")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_series (id bigint PRIMARY KEY, last_ordinal bigint NOT NULL)")
        cursor.execute("INSERT INTO bench_series VALUES (1, 0)")
