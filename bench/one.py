"""Runs one benchmark in this process: `python -m bench.one [--smoke] NAME`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, datetime

from rich.console import Console

from bench import benchmarks, machine, mode, report
from bench.frame import CannotMeasure, Options, Table


def main(arguments: list[str]) -> str | None:
    """Measure, print and write the tables; returns a sentence when the benchmark cannot run."""
    parser = argparse.ArgumentParser(prog="python -m bench.one")
    parser.add_argument("name", choices=benchmarks.NAMES)
    parser.add_argument("--smoke", action="store_true")
    parsed = parser.parse_args(arguments)
    try:
        options = Options(smoke=parsed.smoke, size=parse_size(os.environ.get("SIZE", "")))
        _run(parsed.name, options)
    except CannotMeasure as error:
        return f"{parsed.name}: {error}"
    return None


def parse_size(text: str) -> int | None:
    """The number of rows that `SIZE` sets (`200000`, `10_000_000`); None when it is empty.

    Raises `CannotMeasure` when `text` is not a positive number.
    """
    if not text:
        return None
    try:
        size = int(text)
    except ValueError:
        size = 0
    if size < 1:
        raise CannotMeasure(f"SIZE={text!r} is not a number of rows: use a number such as 10000000.")
    return size


def _run(name: str, options: Options) -> None:
    """Show each table as soon as it is measured; write all of them to `bench/results/` at the end."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    started_at, load, tables = time.monotonic(), machine.load(), list[Table]()
    console.rule(f"{name}  (load {load[0]}, {mode.name()} mode)", align="left")
    for table in benchmarks.load(name)(options):
        report.show(table, console)
        tables.append(table)
    # `bench.publish` reads the files of open mode, so closed mode writes to files of another name.
    name = f"{name}-closed" if mode.is_closed() else name
    content = {
        "mode": mode.name(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "smoke": options.smoke,
        "size": options.size,
        "seconds": round(time.monotonic() - started_at, 1),
        "load_before": load,
        "load_after": machine.load(),
        "machine": machine.describe(),
    }
    path = report.write(name, content, tables)
    console.print(f"  {content['seconds']} s, load {machine.load()[0]}, written to {path.name}", highlight=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
