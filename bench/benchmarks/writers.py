"""One invoice a transaction, from one writer and from four: everything on against gapless numbers alone.

The lock on the series row makes writers take turns either way, so the rest must come nearly free. Writers are processes
of their own on the product's database, each with its own connection.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from bench.frame import Goal, Options, Table, compare, ratio, seconds_of
from bench.servers import product_database
from invoicedash.environment import BASE_DIR

MOST_WRITERS = 4
OURS, NUMBERS = "issue(), all guarantees", "gapless numbers alone, bare table"


def run(options: Options) -> Iterator[Table]:
    """A table for each number of writers."""
    times = options.pick(600, 40)
    with product_database():
        _make_tables()
        with contextlib.ExitStack() as stack:
            writers = [stack.enter_context(Writer()) for _ in range(MOST_WRITERS)]
            for writer in writers:
                writer.wait("ready")
            for how_many in (1, MOST_WRITERS):
                yield _compare(writers[:how_many], times, rounds=options.pick(9, 2))


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

    def tell(self, command: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    def wait(self, word: str) -> None:
        assert self._process.stdout
        answer = self._process.stdout.readline().strip()
        if answer != word:
            raise RuntimeError(f"A writer answered {answer!r} instead of {word!r}.")


def _compare(writers: list[Writer], times: int, rounds: int) -> Table:
    each = times // len(writers)
    sides = {name: lambda way=way: _rate(writers, way, each) for name, way in ((OURS, "issue"), (NUMBERS, "number"))}
    many = f"{len(writers)} writer{'s' if len(writers) > 1 else ''}"
    table = compare(f"Invoices a second, one a transaction, {many}", "1/s", sides, rounds=rounds)
    goal = Goal(least=0.75, aim=0.9) if len(writers) == MOST_WRITERS else None
    ratio(table, f"all guarantees : numbers alone, {many}", of=OURS, to=NUMBERS, goal=goal)
    return table


def _rate(writers: list[Writer], way: str, each: int) -> float:
    def write() -> None:
        for writer in writers:
            writer.tell(f"{way} {each}")
        for writer in writers:
            writer.wait("done")

    return len(writers) * each / seconds_of(write)


def _make_tables() -> None:
    from django.db import connection

    from bench.rows import make_bare

    make_bare("bench_bare")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_series (id bigint PRIMARY KEY, last_ordinal bigint NOT NULL)")
        cursor.execute("INSERT INTO bench_series VALUES (1, 0)")
