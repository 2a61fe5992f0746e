"""Compares three sources of a feed's totals: the cache in Redis, the totals row in PostgreSQL, SUM over the invoices.

All three return the same values. The product reads the cache and the totals row; SUM is the query that would be needed
without a totals row. The environment variable `SIZE` sets the number of invoices of the largest table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.frame import CannotMeasure, Options, Table, compare, ratio, seconds_of
from bench.servers import product_database

SIZES = (1500, 100_000, 1_000_000)
SMOKE_SIZES = (1500, 5000)
# A measurement of the cache is repeated this often at most, because an entry may expire during it.
MOST_TRIES = 5
CALLS = 200
# SUM reads the whole table, so it is called less often: about this many rows are read per round.
ROWS_SUMMED = 500_000
# The names of the compared calls in the tables.
CACHED, REFRESHED = "cached answer (Redis)", "totals row, written through to the cache"
TOTALS, SUM = "totals row, the query alone", "SUM over the table, the query alone"

_SUM = """
SELECT count(*), coalesce(sum(i.subtotal), 0), coalesce(sum(i.vat_amount), 0), coalesce(sum(i.total_amount), 0)
FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id
WHERE s.feed_id = %(feed)s AND s.closed_at IS NULL AND i.currency = %(currency)s
"""


def run(options: Options) -> Iterator[Table]:
    """One table per number of invoices."""
    sizes = SMOKE_SIZES if options.smoke else (*SIZES[:2], options.size or SIZES[2])
    with product_database():
        from bench import seed

        for invoice_count in sizes:
            seed.fill(invoice_count)
            yield _compare(invoice_count, rounds=options.pick(9, 2))


def _compare(invoice_count: int, rounds: int) -> Table:
    """The milliseconds of one call of each kind, and their ratios."""
    from invoices import totals

    sum_calls = max(1, min(CALLS, ROWS_SUMMED // invoice_count))
    sides = {
        CACHED: _cached_milliseconds,
        REFRESHED: lambda: _milliseconds(lambda: totals.refresh("demo"), CALLS),
        TOTALS: lambda: _milliseconds(lambda: _query(totals._TOTALS), CALLS),
        SUM: lambda: _milliseconds(lambda: _query(_SUM), sum_calls),
    }
    table = compare(f"Statistics of {invoice_count:,} invoices: one answer", "ms", sides, rounds=rounds)
    ratio(table, "SUM : cached answer", of=SUM, to=CACHED)
    ratio(table, "totals row : cached answer", of=TOTALS, to=CACHED)
    ratio(table, "SUM : totals row", of=SUM, to=TOTALS)
    return table


def _cached_milliseconds() -> float:
    """The average of `CALLS` calls that the cache answers. Raises `CannotMeasure` when its entry expires in each try."""
    from invoices import totals

    for _ in range(MOST_TRIES):
        totals.refresh("demo")
        sources = set[str]()
        milliseconds = _milliseconds(lambda into=sources: into.add(totals.get("demo")["source"]), CALLS)  # type: ignore[misc]
        if sources == {"cache"}:
            return milliseconds
    raise CannotMeasure(f"{CALLS} answers do not fit into the lifetime of a cached one; the machine is too busy.")


def _milliseconds(call: Callable[[], object], times: int) -> float:
    return 1000 * seconds_of(call, times)


def _query(sql: str) -> None:
    """Run a query of totals for the demo feed, and read its first row."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, {"feed": "demo", "currency": "SAR"})
        cursor.fetchone()
