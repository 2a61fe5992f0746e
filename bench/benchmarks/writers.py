"""Measures one invoice per transaction, from one writer and from four: all guarantees against gapless numbers alone.

The lock on the series row serializes writers in both cases, so the other guarantees must cost almost nothing. Writers
are separate processes on the product's database, each with its own connection.
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
OURS, NUMBERS = "issue(), all guarantees", "gapless numbers alone, bare table"
AT_ONCE = "gapless numbers alone, one statement"
WAYS = {OURS: "issue", NUMBERS: "number", AT_ONCE: "statement"}


def run(options: Options) -> Iterator[Table]:
    """Two tables for each number of writers."""
    seconds = 0.1 if options.smoke else 1.0
    with product_database(), contextlib.ExitStack() as stack:
        _make_tables()
        writers = [stack.enter_context(Writer()) for _ in range(MOST_WRITERS)]
        for writer in writers:
            writer.wait("ready")
        for how_many in (1, MOST_WRITERS):
            yield from _compare(writers[:how_many], seconds, rounds=options.pick(9, 2))


class Writer:
    """A `bench.writer` process."""

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
        assert self._process.stdin
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self, word: str) -> None:
        if (answer := self.answer()) != word:
            raise RuntimeError(f"A writer answered {answer!r} instead of {word!r}.")

    def answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


def _compare(writers: list[Writer], seconds: float, rounds: int) -> Iterator[Table]:
    sides = {name: partial(_write, writers, way, seconds) for name, way in WAYS.items()}
    many = f"{len(writers)} writer{'s' if len(writers) > 1 else ''}"
    titles = {
        "rate": (f"Invoices per second, one per transaction, {many}", "1/s"),
        "busy": (f"Processor time of an invoice, clients and server, {many}", "ms"),
    }
    rate, busy = compare_all(titles, sides, rounds=rounds)
    goal = Goal(least=0.75, aim=0.9) if len(writers) == MOST_WRITERS else None
    ratio(rate, f"all guarantees : numbers alone, {many}", of=OURS, to=NUMBERS, goal=goal)
    ratio(rate, f"all guarantees : one statement, {many}", of=OURS, to=AT_ONCE)
    ratio(busy, f"numbers alone : all guarantees, {many}", of=NUMBERS, to=OURS)
    yield rate
    yield busy


def _write(writers: list[Writer], way: str, seconds: float) -> dict[str, float]:
    """The figures of all writers, which write for `seconds`."""
    pids = [*(writer.pid for writer in writers), *_backends()]
    busy, started = machine.busy_seconds(pids), time.perf_counter()
    for writer in writers:
        writer.send(f"{way} {seconds}")
    count = sum(int(writer.answer()) for writer in writers)
    elapsed = time.perf_counter() - started
    return {"rate": count / elapsed, "busy": 1000 * (machine.busy_seconds(pids) - busy) / count}


def _backends() -> list[int]:
    """PostgreSQL's backend processes for its clients."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
        return [pid for (pid,) in cursor.fetchall()]


def _make_tables() -> None:
    from django.db import connection

    from bench.rows import make_bare

    make_bare("bench_bare")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_series (id bigint PRIMARY KEY, last_ordinal bigint NOT NULL)")
        cursor.execute("INSERT INTO bench_series VALUES (1, 0)")
