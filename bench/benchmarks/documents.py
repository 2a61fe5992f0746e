"""Real documents of three lines with everything on, in batches of 500, against COPY of the same rows.

Ours: lint, gapless numbers, VAT groups, constraints, immutability, totals, hash chain, feed entry, commit. The yardstick:
psycopg's COPY of the same invoices, parties and lines, encoded beforehand, into bare copies of the three tables.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from bench import machine
from bench.frame import Options, Table, compare_all, ratio, seconds_of
from bench.servers import product_database

BATCH = 500
OURS, COPY = "issue_documents(), all guarantees", "raw COPY of the same rows, bare tables"
TABLES = {
    "rate": ("Documents of three lines a second, in batches of 500", "documents/s"),
    "busy": ("Processor time a document, client and server", "us"),
}


def run(options: Options) -> Iterator[Table]:
    """Two tables: by the clock, and by the processor time of client and server."""
    with product_database():
        batches = options.pick(6, 1)
        sides = {OURS: _issue(batches), COPY: _copy(batches)}
        clock, processor = compare_all(TABLES, sides, rounds=options.pick(9, 2))
        ratio(clock, "issue_documents() : raw COPY", of=OURS, to=COPY)
        ratio(processor, "issue_documents() : raw COPY", of=OURS, to=COPY)
        yield clock
        yield processor


def _per_document(call: Callable[[], object], batches: int) -> dict[str, float]:
    """The figures of `batches` calls, each of a batch of documents."""
    from django.db import connection

    connection.ensure_connection()
    pids = [os.getpid(), connection.connection.info.backend_pid]
    busy = machine.busy_seconds(pids)
    seconds = seconds_of(call, batches)
    return {"rate": BATCH / seconds, "busy": 1e6 * (machine.busy_seconds(pids) - busy) / batches / BATCH}


def _issue(batches: int) -> Callable[[], dict[str, float]]:
    from bench.documents import documents
    from invoices.documents.issue import issue_documents
    from invoices.models import Series

    series = Series.objects.get(prefix="INV").pk
    sales = iter([documents(BATCH, batch) for batch in range(60)])
    return lambda: _per_document(lambda: issue_documents(series_id=series, documents=next(sales)), batches)


def _copy(batches: int) -> Callable[[], dict[str, float]]:
    from django.db import transaction

    from bench.documents import copy_into, copy_texts, documents, make_bare

    make_bare()
    batch = count()

    def measure() -> dict[str, float]:
        texts: Any = iter([copy_texts(documents(BATCH, each), each * BATCH + 1) for each in take(batch, batches)])
        return _per_document(transaction.atomic(lambda: copy_into(next(texts))), batches)

    return measure


def take(numbers: Iterator[int], many: int) -> list[int]:
    return [next(numbers) for _ in range(many)]
