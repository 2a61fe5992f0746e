"""Writes invoices one by one for a given time: `python -m bench.writer`.

Each line of the standard input is a command and its seconds, such as `issue 0.5`; the answer is the number of invoices
written. The first line of the output is `ready`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


def main() -> None:
    import django

    django.setup()
    commands = {"issue": _issue(), "number": _number(), "statement": _statement()}
    print("ready", flush=True)
    for line in sys.stdin:
        name, seconds = line.split()
        print(_repeat(commands[name], float(seconds)), flush=True)


def _repeat(write: Callable[[], object], seconds: float) -> int:
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        write()
        count += 1
    return count


def _issue() -> Callable[[], object]:
    """Issue with all guarantees."""
    from bench.rows import drafts
    from invoices.issue import issue
    from invoices.series import current_test_series

    series, sales = current_test_series().pk, drafts(1)
    return lambda: issue(series_id=series, drafts=sales)


def _number() -> Callable[[], object]:
    """Write a gapless number and its row into a bare table, in one transaction, through Django's connection."""
    from django.db import connection, transaction

    from bench.rows import COLUMNS, drafts, fields

    insert = f"INSERT INTO bench_bare ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
    (sale,) = drafts(1)

    @transaction.atomic
    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE bench_series SET last_ordinal = last_ordinal + 1 WHERE id = 1 RETURNING last_ordinal"
            )
            row = fields(sale, cursor.fetchone()[0])
            cursor.execute(insert, list(row.values()))

    return write


def _statement() -> Callable[[], object]:
    """Write the same number and row by one statement, which is a transaction of its own."""
    from django.db import connection

    from bench.rows import COLUMNS, drafts, fields

    values = ", ".join("last_ordinal" if column == "ordinal" else "%s" for column in COLUMNS)
    statement = (
        "WITH taken AS (UPDATE bench_series SET last_ordinal = last_ordinal + 1 WHERE id = 1 RETURNING last_ordinal)"
        f" INSERT INTO bench_bare ({', '.join(COLUMNS)}) SELECT {values} FROM taken"
    )
    (sale,) = drafts(1)

    def write() -> None:
        row = fields(sale, 0)
        del row["ordinal"]
        with connection.cursor() as cursor:
            cursor.execute(statement, list(row.values()))

    return write


if __name__ == "__main__":
    main()
