"""DR-2: compares the cached statistics with the totals row in PostgreSQL and with SUM over the table.

All three return the same values. The cached answer and the totals row are the product's own functions; SUM is the query
that would be needed without totals. `SIZE` sets the largest table.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.frame import CannotMeasure, Options, Table, compare, ratio, seconds_of
from bench.servers import product_database

SIZES = (1500, 100_000, 1_000_000)
SMOKE_SIZES = (1500, 5000)
TRIES = 5
CACHED, REFRESHED = "cached answer (Redis)", "totals row, written through to the cache"
TOTALS, SUM = "totals row, the query alone", "SUM over the table, the query alone"

_SUM = """
SELECT count(*), coalesce(sum(i.subtotal), 0), coalesce(sum(i.vat_amount), 0), coalesce(sum(i.total_amount), 0)
FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id
WHERE s.feed_id = %(feed)s AND s.closed_at IS NULL AND i.currency = %(currency)s
"""


def run(options: Options) -> Iterator[Table]:
    """A table for each size."""
    sizes = SMOKE_SIZES if options.smoke else (*SIZES[:2], options.size or SIZES[2])
    with product_database():
        from bench import seed

        for rows in sizes:
            seed.fill(rows)
            yield _compare(rows, rounds=options.pick(9, 2))


def _compare(rows: int, rounds: int) -> Table:
    from invoices import totals

    calls = 200
    sum_calls = max(1, min(calls, 2_000_000 // rows // 4))
    sides = {
        CACHED: lambda: _cached(calls),
        REFRESHED: lambda: 1000 * seconds_of(lambda: totals.refresh("demo"), calls),
        TOTALS: lambda: 1000 * seconds_of(lambda: _ask(totals._TOTALS), calls),
        SUM: lambda: 1000 * seconds_of(lambda: _ask(_SUM), sum_calls),
    }
    table = compare(f"Statistics of {rows:,} invoices: one answer", "ms", sides, rounds=rounds)
    ratio(table, "SUM : cached answer", of=SUM, to=CACHED)
    ratio(table, "totals row : cached answer", of=TOTALS, to=CACHED)
    ratio(table, "SUM : totals row", of=SUM, to=TOTALS)
    return table


def _cached(calls: int) -> float:
    """Milliseconds for an answer from the cache: the average over calls within the lifetime of the entry."""
    from invoices import totals

    for _ in range(TRIES):
        totals.refresh("demo")
        sources = set[str]()
        seconds = seconds_of(lambda into=sources: into.add(totals.get("demo")["source"]), calls)  # type: ignore[misc]
        if sources == {"cache"}:
            return 1000 * seconds
    raise CannotMeasure(f"{calls} answers do not fit into the lifetime of a cached one; the machine is too busy.")


def _ask(sql: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, {"feed": "demo", "currency": "SAR"})
        cursor.fetchone()
