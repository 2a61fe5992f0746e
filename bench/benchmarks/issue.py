"""Compares `issue()` with all guarantees, in batches of 1,000, with the minimal ways to store the same rows.

`issue()` gives every guarantee: gapless numbers, constraints, immutability, totals, feed entry, notification, commit. The
yardsticks are psycopg's COPY of the same rows, encoded before the measurement, into a copy of the table without indexes
and constraints (a bare table), and Django's `bulk_create` into another bare table. Each batch is one transaction on all sides.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from bench import machine
from bench.frame import Goal, Options, Table, compare_all, ratio, seconds_of
from bench.servers import product_database

BATCH = 1000
OURS, COPY, BULK = "issue(), all guarantees", "raw COPY, pre-encoded, bare table", "bulk_create, bare table"
TABLES = {
    "rate": ("Rows per second, in batches of 1,000", "rows/s"),
    "processor": ("Processor time per row, client and server", "us"),
}


def run(options: Options) -> Iterator[Table]:
    """Two tables: by wall clock, and by the processor time of client and server, which depends less on the load of the
    machine.
    """
    with product_database():
        batches = options.pick(8, 1)
        sides = {OURS: _issue(batches), COPY: _copy(batches), BULK: _bulk_create(batches)}
        clock, processor = compare_all(TABLES, sides, rounds=options.pick(13, 2))
        ratio(clock, "issue() : raw COPY", of=OURS, to=COPY, goal=Goal(least=0.3, aim=0.5))
        ratio(clock, "issue() : bulk_create", of=OURS, to=BULK, goal=Goal(least=3, aim=5))
        ratio(processor, "raw COPY : issue()", of=COPY, to=OURS)
        ratio(processor, "bulk_create : issue()", of=BULK, to=OURS)
        yield clock
        yield processor


def _per_row(call: Callable[[], object], batches: int) -> dict[str, float]:
    """Rows per second, and microseconds of processor time per row, of `batches` calls of `BATCH` rows each."""
    from django.db import connection

    connection.ensure_connection()
    pids = [os.getpid(), connection.connection.info.backend_pid]
    busy_before = machine.busy_seconds(pids)
    seconds = seconds_of(call, batches)
    busy = machine.busy_seconds(pids) - busy_before
    return {"rate": BATCH / seconds, "processor": 1e6 * busy / (batches * BATCH)}


def _issue(batches: int) -> Callable[[], dict[str, float]]:
    from bench.rows import drafts
    from invoices.issue import issue
    from invoices.series import current_test_series

    series, sales = current_test_series().pk, drafts(BATCH)
    return lambda: _per_row(lambda: issue(series_id=series, drafts=sales), batches)


def _copy(batches: int) -> Callable[[], dict[str, float]]:
    from django.db import transaction

    from bench.rows import copy_into, copy_text, drafts, make_bare

    make_bare("bench_copy")
    sales, ordinals = drafts(BATCH), count(1, BATCH)

    def measure() -> dict[str, float]:
        texts = iter([copy_text(sales, next(ordinals)) for _ in range(batches)])
        return _per_row(transaction.atomic(lambda: copy_into("bench_copy", next(texts))), batches)

    return measure


def _bulk_create(batches: int) -> Callable[[], dict[str, float]]:
    from bench.rows import drafts, fields, make_bare

    make_bare("bench_bulk")
    model: Any = _bare_model()
    sales, ordinals = drafts(BATCH), count(1)

    def create() -> None:
        model.objects.bulk_create([model(**fields(draft, next(ordinals))) for draft in sales])

    return lambda: _per_row(create, batches)


def _bare_model() -> type[Any]:
    """The invoice's fields over the bare table, as a model without any guarantees."""
    from django.db import models

    from invoices.models import Invoice

    names = ("ordinal", "invoice_number", "invoice_date", "seller_name", "buyer_name", "currency", "vat_rate")
    amounts = ("subtotal", "vat_amount", "total_amount")
    of: Any = Invoice._meta.get_field
    fields = {name: of(name).clone() for name in (*names, *amounts)}
    meta = type("Meta", (), {"app_label": "invoices", "db_table": "bench_bulk", "managed": False})
    body = {"id": models.BigAutoField(primary_key=True), "series_id": models.BigIntegerField(), **fields}
    return type("BareInvoice", (models.Model,), {**body, "Meta": meta, "__module__": __name__})
