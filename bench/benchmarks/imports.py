"""Compares an import of documents with lines, all checks on, with COPY of the same rows into a bare table.

Memory is the maximum of `import_invoices`, for a file and for one four times as large: both must be the same.
"""

from __future__ import annotations

import itertools
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.frame import Goal, Options, Table, compare, ratio
from bench.servers import product_database
from runtime.environment import BASE_DIR

LINES = 10
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
OURS, COPY = "import: read, checked, issued, chained", "COPY of the file into a bare table"
BARE = "CREATE TABLE bench_rows (no text, code text, what text, n int, at timestamp, price numeric, customer text, country text)"


def run(options: Options) -> Iterator[Table]:
    """Speed beside COPY, then memory."""
    documents = options.rows(3000, 200)
    logging.getLogger("invoices.issue").setLevel(logging.WARNING)
    with product_database(), tempfile.TemporaryDirectory() as folder:
        yield _speed(Path(folder), documents, rounds=options.pick(5, 2))
        yield _memory(Path(folder), documents)


def _speed(folder: Path, documents: int, rounds: int) -> Table:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(BARE)
    path = _write(folder / "speed.csv", documents)
    prefixes = (f"BENCH{number}" for number in itertools.count())
    table = compare(
        f"Documents per second of {LINES} lines each, from a file of {documents:,}",
        "1/s",
        {OURS: lambda: documents / _import(path, next(prefixes)), COPY: lambda: documents / _copy(path)},
        rounds=rounds,
    )
    ratio(table, "COPY : import", of=COPY, to=OURS)
    return table


def _import(path: Path, series: str) -> float:
    from imports import importing
    from imports.reading import options

    started = time.perf_counter()
    report = importing.import_files([path], options.make({"format": "online-retail", "series": series}))
    seconds = time.perf_counter() - started
    if not report.counts["documents"]:
        raise RuntimeError(f"Nothing was imported: {report.as_json()}")
    return seconds


def _copy(path: Path) -> float:
    from django.db import connection

    started = time.perf_counter()
    with connection.cursor() as cursor, cursor.copy("COPY bench_rows FROM STDIN (FORMAT csv, HEADER)") as copy:
        copy.write(path.read_bytes())
    return time.perf_counter() - started


def _memory(folder: Path, documents: int) -> Table:
    table = Table(title="Memory of import_invoices at its most (RSS)")
    few, many = (_peak(_write(folder / f"memory{size}.csv", size), f"MEM{size}") for size in (documents, 4 * documents))
    table.add(f"{documents:,} documents", "MB", few)
    table.add(f"{4 * documents:,} documents", "MB", many)
    table.judge("four times the file : the file", "x", many / few, goal=Goal(least=1.2, aim=1.05, upwards=False))
    table.judge("the larger file", "MB", many, goal=Goal(least=200, aim=150, upwards=False))
    return table


def _peak(path: Path, series: str) -> float:
    command = [sys.executable, "manage.py", "import_invoices", str(path), "--format", "online-retail", "--json"]
    process = subprocess.Popen([*command, "--series", series], cwd=BASE_DIR, env=os.environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"import_invoices ended with {process.returncode}.")
    return usage.ru_maxrss / 1024 * 1.048576


def _write(path: Path, documents: int) -> Path:
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(documents):
            at = f"2026-01-{1 + number % 28:02d} {8 + number % 12:02d}:26:00"
            customer = f"{12000 + number % 4000}.0"
            file.writelines(
                f"{100000 + number},{20000 + line}A,ARTICLE {line},{1 + line},{at},{line + 1}.55,{customer},Germany\n"
                for line in range(LINES)
            )
    return path
