"""Compares `issue_documents()` with COPY of the same rows: documents of three lines, in batches of 500.

`issue_documents()` gives every guarantee: validation, gapless numbers, VAT groups, constraints, immutability, totals, hash
chain, feed entry, commit. The yardstick is psycopg's COPY of the same invoices, parties and lines into copies of the three
tables without indexes and constraints; its rows are encoded before the measurement.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import Any

from bench import machine
from bench.frame import Options, Table, compare_all, ratio, seconds_of
from bench.servers import product_database

BATCH_SIZE = 500
ISSUE, COPY = "issue_documents(), all guarantees", "raw COPY of the same rows, bare tables"
# By the keys of `Figures`: title and unit of the table.
TABLES = {
    "rate": ("Documents of three lines per second, in batches of 500", "documents/s"),
    "processor": ("Processor time per document, client and server", "us"),
}
Figures = dict[str, float]


def run(options: Options) -> Iterator[Table]:
    """Two tables: by the clock, and by the processor time of client and server."""
    with product_database():
        batch_count = options.pick(6, 1)
        sides = {ISSUE: _issue(batch_count), COPY: _copy(batch_count)}
        clock, processor = compare_all(TABLES, sides, rounds=options.pick(9, 2))
        ratio(clock, "issue_documents() : raw COPY", of=ISSUE, to=COPY)
        ratio(processor, "issue_documents() : raw COPY", of=ISSUE, to=COPY)
        yield clock
        yield processor


def _issue(batch_count: int) -> Callable[[], Figures]:
    """A function that issues `batch_count` new batches and returns the figures."""
    from bench.documents import documents
    from invoices.documents.issue import issue_documents
    from invoices.models import Series

    series_id = Series.objects.get(prefix="INV").pk
    numbers = count()

    def measure() -> Figures:
        # Documents are made before the measurement. Each batch has ids of its own: the product refuses a repeated one.
        batches = iter([documents(BATCH_SIZE, number) for number in islice(numbers, batch_count)])
        return _measure(lambda: issue_documents(series_id=series_id, documents=next(batches)), batch_count)

    return measure


def _copy(batch_count: int) -> Callable[[], Figures]:
    """A function that copies `batch_count` new batches into the bare tables and returns the figures."""
    from django.db import transaction

    from bench.documents import copy_into, copy_texts, documents, make_bare

    make_bare()
    numbers = count()

    def measure() -> Figures:
        texts: Any = iter([
            copy_texts(documents(BATCH_SIZE, number), number * BATCH_SIZE + 1) for number in islice(numbers, batch_count)
        ])  # fmt: skip
        return _measure(transaction.atomic(lambda: copy_into(next(texts))), batch_count)

    return measure


def _measure(write_batch: Callable[[], object], batch_count: int) -> Figures:
    """Documents per second, and microseconds of processor time per document, of `batch_count` calls."""
    from django.db import connection

    connection.ensure_connection()
    pids = [os.getpid(), connection.connection.info.backend_pid]
    busy_before = machine.busy_seconds(pids)
    seconds_per_batch = seconds_of(write_batch, batch_count)
    busy = machine.busy_seconds(pids) - busy_before
    return {"rate": BATCH_SIZE / seconds_per_batch, "processor": 1e6 * busy / (batch_count * BATCH_SIZE)}
