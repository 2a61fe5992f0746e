"""Compares queries on a large database and on a small one: pages, searches, totals, the admin; and measures the audit.

The small database has 10,000 invoices. `SIZE=10000000` gives the large one its intended size; filling it takes about five
minutes more. Each query runs on both in turn, by the product's own functions, in one process.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from bench import two_databases
from bench.frame import Goal, Options, Table, measure_in_turn, seconds_of
from bench.servers import product_database
from bench.two_databases import LARGE, SMALL

SMALL_ROWS = 10_000
# The generated invoices begin on 2020-01-01, 17 seconds apart, so every size has this day.
DAY = date(2020, 1, 2)
MOST_EXPORTED = 1_000_000
SEARCH_TIMEOUT_SECONDS = 10
PAGE_SIZE = 50
Query = Callable[[], object]
# Milliseconds of each round, by (name of the query, database).
Measured = dict[tuple[str, str], list[float]]
PAGE_GOAL, SEARCH_GOAL = Goal(least=1.5, aim=1.1, upwards=False), Goal(least=100, aim=30, upwards=False)
TOTALS_GOAL = Goal(least=1.1, aim=1.0, upwards=False)
NEWEST, DEEPEST = "newest page", "deepest page"


def run(options: Options) -> Iterator[Table]:
    """A table of the time to fill the databases, then one per kind of query."""
    rows = options.rows(200_000, 5_000)
    with product_database():
        seconds = seconds_of(
            lambda: two_databases.make({SMALL: SMALL_ROWS // (10 if options.smoke else 1), LARGE: rows})
        )
        yield _filled(rows, seconds)
        yield _pages(rows, options)
        yield _searches(rows, options)
        yield _admin(rows, options)
        yield _audit_and_export(rows)


def _filled(rows: int, seconds: float) -> Table:
    table = Table(title=f"Filling the store with {rows:,} invoices")
    table.add("all of them", "s", seconds)
    table.add("rows per second", "1/s", rows / seconds)
    return table


def _pages(rows: int, options: Options) -> Table:
    from invoices import queries, totals

    queries_by_name: dict[str, Query] = {
        NEWEST: lambda: queries.read_page("demo", limit=PAGE_SIZE),
        "page in the middle": lambda: queries.read_page("demo", limit=PAGE_SIZE, before_id=_newest_id() // 2),
        DEEPEST: lambda: queries.read_page("demo", limit=PAGE_SIZE, before_id=PAGE_SIZE + 2),
        "jump to a day": lambda: queries.read_page(
            "demo", limit=PAGE_SIZE, before_id=queries.id_dated_until("demo", DAY) + 1
        ),
        "one invoice by its number": lambda: queries.read_invoice("DEMO1-000777"),
        "totals": lambda: totals.refresh("demo"),
    }
    table, found = _measure_both(
        f"Pages at {rows:,} rows", queries_by_name, rounds=options.pick(9, 2), times=options.pick(20, 5)
    )
    depth_ratios = _ratios(found[DEEPEST, LARGE], found[NEWEST, LARGE])
    table.judge("deepest page : newest page, large", "x", *depth_ratios, goal=PAGE_GOAL)
    size_ratios = _ratios(found["totals", LARGE], found["totals", SMALL])
    table.judge("totals, large : small", "x", *size_ratios, goal=TOTALS_GOAL)
    return table


def _searches(rows: int, options: Options) -> Table:
    """One line per kind of search text; the slowest text has a goal."""
    from invoices import queries

    with two_databases.use(LARGE):
        texts = _search_texts()
    searches: dict[str, Query] = {
        name: partial(_with_timeout, partial(queries.read_page, "demo", limit=PAGE_SIZE, query=text))
        for name, text in texts.items()
    }
    rounds = 1 if rows > 1_000_000 else options.pick(3, 2)
    table, found = _measure_both(f"Search at {rows:,} rows, newest 50", searches, rounds=rounds, times=1)
    slowest = max(texts, key=lambda name: max(found[name, LARGE]))
    table.judge(f"worst of them, large: {slowest}", "ms", *found[slowest, LARGE], goal=SEARCH_GOAL)
    table.notes.append(
        f"A search is ended after {SEARCH_TIMEOUT_SECONDS} s and counts as that long; the web process ends it after 1.5 s."
    )
    return table


def _with_timeout(query: Query) -> None:
    """Run `query`; PostgreSQL ends it after `SEARCH_TIMEOUT_SECONDS`, which is not an error here."""
    from django.db import OperationalError, connection, transaction

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{SEARCH_TIMEOUT_SECONDS}s'")
        with contextlib.suppress(OperationalError), transaction.atomic():
            query()


def _search_texts() -> dict[str, str]:
    """Search texts of every kind, by a description. The words are taken from a sample of the buyers."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, count(*) FROM invoices_invoice TABLESAMPLE SYSTEM (10) REPEATABLE (1),"
            " unnest(string_to_array(lower(buyer_name), ' ')) word WHERE word ~ '^[a-z]{4,}$' GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        words = [word for word, _ in cursor.fetchall()]
        cursor.execute("SELECT buyer_name FROM invoices_invoice ORDER BY id LIMIT 1")
        (name,) = cursor.fetchone()
    return {
        f"a common word ({words[0]})": words[0],
        f"a rare word ({words[-1]})": words[-1],
        "an absent word (zzyzx)": "zzyzx",
        f"two letters ({words[0][:2]})": words[0][:2],
        "two absent letters (qz)": "qz",
        "two words of one party": " ".join(name.replace(",", "").split()[:2]),
        "the beginning of a number": "DEMO1-00077",
        "a part of a number": "4207",
        "an absent part of a number": "x4207",
    }


def _admin(rows: int, options: Options) -> Table:
    """The admin's list of invoices with its searches and filters, through Django's test client."""
    from django.test import Client

    from local.prepare import collect_static

    collect_static()
    clients = {database: _logged_in(database, Client(headers={"host": "localhost"})) for database in (SMALL, LARGE)}
    sides = {
        (name, database): partial(_measure_page, clients[database], query, database)
        for name, query in _admin_queries().items()
        for database in (SMALL, LARGE)
    }
    found = measure_in_turn(sides, options.pick(7, 2))
    table = _table_of(f"Admin at {rows:,} rows", found)
    table.judge("list, large : small", "x", *_ratios(found["list", LARGE], found["list", SMALL]), goal=PAGE_GOAL)
    return table


def _admin_queries() -> dict[str, str]:
    """Query strings of the admin's list of invoices, by a description."""
    with two_databases.use(LARGE):
        common_word = next(iter(_search_texts().values()))
    return {
        "list": "",
        "number": "?q=DEMO1-000777",
        "common word": f"?q={common_word}",
        "one day": f"?date_from={DAY}&date_to={DAY}",
    }


def _logged_in(database: str, client: Any) -> Any:
    from django.contrib.auth import get_user_model

    with two_databases.use(database):
        client.force_login(get_user_model().objects.get(username="bench"))
    return client


def _measure_page(client: Any, query: str, database: str) -> float:
    """The milliseconds of one page of the admin; raises `RuntimeError` when the answer is not the page."""
    with two_databases.use(database):
        return 1000 * seconds_of(lambda: _expect_page(client.get(f"/admin/invoices/invoice/{query}")))


def _expect_page(answer: Any) -> None:
    if answer.status_code != 200:
        raise RuntimeError(f"The admin answered {answer.status_code} to {answer.request['QUERY_STRING']}.")


def _audit_and_export(rows: int) -> Table:
    """Slow operations, each measured once, on the large database."""
    from invoices.audit import audit

    exported = min(rows, MOST_EXPORTED)
    table = Table(title=f"Audit and export at {rows:,} rows")
    results = list[bool]()
    with two_databases.use(LARGE):
        table.add("audit", "s", seconds_of(lambda: results.append(audit()["ok"])))
        rows_per_second = exported / seconds_of(lambda: _export(exported))
    table.add(f"export of the newest {exported:,} as CSV", "rows/s", rows_per_second)
    table.notes.append(f"The audit found {'no difference' if all(results) else 'a difference'}.")
    return table


def _export(rows: int) -> None:
    """Write the newest `rows` invoices as CSV to nowhere, in this process: only this process uses the selected database."""
    from exports.files.formats import Format, write
    from invoices.models import Invoice

    with open(os.devnull, "wb") as sink:
        for _ in write(Invoice.objects.filter(ordinal__gt=_newest_id() - rows), Format.CSV, sink):
            pass


def _measure_both(title: str, queries: Mapping[str, Query], *, rounds: int, times: int) -> tuple[Table, Measured]:
    """A table with the milliseconds of each query on both databases, and the same by (query, database)."""
    sides = {
        (name, database): partial(_measure, query, database, times)
        for name, query in queries.items()
        for database in (SMALL, LARGE)
    }
    found = measure_in_turn(sides, rounds)
    return _table_of(title, found), found


def _table_of(title: str, found: Measured) -> Table:
    table = Table(title=title)
    for (name, database), milliseconds in found.items():
        table.add(f"{name}, {database}", "ms", *milliseconds)
    return table


def _ratios(values: list[float], to: list[float]) -> list[float]:
    """The ratios of two lists of figures, round by round."""
    return [value / other for value, other in zip(values, to, strict=True)]


def _measure(query: Query, database: str, times: int) -> float:
    with two_databases.use(database):
        return 1000 * seconds_of(query, times)


def _newest_id() -> int:
    """The id of the newest invoice of the demo series. The generated ids have no gaps, so it is the number of invoices."""
    from invoices.series import current_test_series

    return current_test_series().last_ordinal
