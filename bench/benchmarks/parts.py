"""Measures the cost of each guarantee: COPY of 1,000 rows per transaction into tables that add one guarantee at a time.

The last step is the product's own table with its indexes, constraints, keys and the totals' trigger; the earlier steps
use its definitions. The processor time of the server process is compared, which depends least on the load of the
machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from bench import machine
from bench.frame import Options, Table, compare
from bench.servers import product_database

BATCH, BATCHES, SMOKE_BATCHES = 1000, 4, 1

_DEFINITIONS = """
SELECT conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'invoices_invoice'::regclass AND contype IN ('p', 'u', 'c', 'f') ORDER BY conname
"""
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'invoices_invoice'
AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE conrelid = 'invoices_invoice'::regclass) ORDER BY indexname
"""
_TRIGGER = """
SELECT pg_get_triggerdef(oid) FROM pg_trigger
WHERE tgrelid = 'invoices_invoice'::regclass AND tgname LIKE 'pgtrigger_totals_insert%%'
"""


def run(options: Options) -> Iterator[Table]:
    """One table: each line has all guarantees of the lines above it."""
    with product_database():
        sides, made = {}, list[str]()
        for number, (name, statements) in enumerate(_steps()):
            made += statements
            sides[name] = _table(f"bench_step{number}", made, options.pick(BATCHES, SMOKE_BATCHES))
        table = compare(
            "COPY of 1,000 rows: processor time of the server, a row", "us", sides, rounds=options.pick(11, 1)
        )
        for above, line in zip(table.lines, table.lines[1:], strict=False):
            more = [b - a for a, b in zip(above.values, line.values, strict=True)]
            table.judge(line.name, "us more", *more)
        yield table


def _steps() -> Iterator[tuple[str, list[str]]]:
    """The statements that each step adds, on `{table}`."""
    definitions = _rows(_DEFINITIONS)
    add = "ALTER TABLE {table} ADD "
    yield "columns and defaults alone", []
    for name, kind, definition in definitions:
        if kind in "pu":
            yield f"+ {name}", [add + definition]
    for name, definition in _rows(_INDEXES):
        _, _, use = definition.partition(" USING ")
        unique = "UNIQUE " if definition.startswith("CREATE UNIQUE") else ""
        yield f"+ {name}", [f"CREATE {unique}INDEX ON {{table}} USING {use}"]
    yield "+ all CHECKs", [add + definition for _, kind, definition in definitions if kind == "c"]
    if keys := [add + definition for _, kind, definition in definitions if kind == "f"]:
        yield "+ foreign keys", keys
    yield "+ totals", [definition.replace("public.invoices_invoice", "{table}") for (definition,) in _rows(_TRIGGER)]


def _table(name: str, statements: list[str], batches: int) -> Callable[[], float]:
    from django.db import connection, transaction

    from bench.rows import copy_into, copy_text, drafts, make_bare

    make_bare(name)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.replace("{table}", name))
    sales, ordinals = drafts(BATCH), count(1, BATCH)
    pid = connection.connection.info.backend_pid

    def measure() -> float:
        texts = [copy_text(sales, next(ordinals)) for _ in range(batches)]
        busy = machine.busy_seconds([pid])
        for text in texts:
            with transaction.atomic():
                copy_into(name, text)
        return 1e6 * (machine.busy_seconds([pid]) - busy) / batches / BATCH

    return measure


def _rows(sql: str) -> list[tuple[str, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, [])
        return list(cursor.fetchall())
