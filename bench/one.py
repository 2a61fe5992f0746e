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
    """Measure, print and write; returns a sentence when the benchmark could not run."""
    parser = argparse.ArgumentParser(prog="python -m bench.one")
    parser.add_argument("name", choices=benchmarks.NAMES)
    parser.add_argument("--smoke", action="store_true")
    parsed = parser.parse_args(arguments)
    try:
        options = Options(smoke=parsed.smoke, size=size_of(os.environ.get("SIZE", "")))
        _run(parsed.name, options)
    except CannotMeasure as error:
        return f"{parsed.name}: {error}"
    return None


def size_of(text: str) -> int | None:
    """`SIZE` as a number of rows: `200000`, `10_000_000`; None when it is empty."""
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
    console = Console(width=None if sys.stdout.isatty() else 140)
    started, load, tables = time.monotonic(), machine.load(), list[Table]()
    console.rule(f"{name}  (load {load[0]}, {mode.name()} mode)", align="left")
    for table in benchmarks.load(name)(options):
        report.show(table, console)
        tables.append(table)
    # The file has another name than in open mode, whose figures `bench.publish` reads.
    name = f"{name}-closed" if mode.is_closed() else name
    content = {
        "mode": mode.name(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "smoke": options.smoke,
        "size": options.size,
        "seconds": round(time.monotonic() - started, 1),
        "load_before": load,
        "load_after": machine.load(),
        "machine": machine.describe(),
    }
    path = report.write(name, content, tables)
    console.print(f"  {content['seconds']} s, load {machine.load()[0]}, written to {path.name}", highlight=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
