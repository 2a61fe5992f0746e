"""Compares the queries of users in a large store and a small one: pages, numbers, parties, totals, the admin, the
audit.

`SIZE=10000000` gives the large store its intended size (filling it takes about five minutes more); the small one has
10,000 invoices. Each query runs on both in turn, by the product's own functions, in one process.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from bench import twins
from bench.frame import Goal, Options, Table, measure_in_turn, seconds_of
from bench.servers import product_database
from bench.twins import LARGE, SMALL

SMALL_ROWS = 10_000
DAY = date(2020, 1, 2)
MOST_EXPORTED = 1_000_000
PATIENCE_SECONDS = 10
Ask = Callable[[], object]
PAGE_GOAL, SEARCH_GOAL = Goal(least=1.5, aim=1.1, upwards=False), Goal(least=100, aim=30, upwards=False)
TOTALS_GOAL = Goal(least=1.1, aim=1.0, upwards=False)
NEWEST, DEEPEST = "newest page", "deepest page"


def run(options: Options) -> Iterator[Table]:
    """Filling, then a table for each kind of question."""
    rows = options.rows(200_000, 5_000)
    with product_database():
        seconds = seconds_of(lambda: twins.make({SMALL: SMALL_ROWS // (10 if options.smoke else 1), LARGE: rows}))
        yield _filled(rows, seconds)
        yield _pages(rows, options)
        yield _searches(rows, options)
        yield _admin(rows, options)
        yield _once(rows)


def _filled(rows: int, seconds: float) -> Table:
    table = Table(title=f"Filling the store with {rows:,} invoices")
    table.add("all of them", "s", seconds)
    table.add("rows per second", "1/s", rows / seconds)
    return table


def _pages(rows: int, options: Options) -> Table:
    from invoices import queries, totals

    asks: dict[str, Ask] = {
        NEWEST: lambda: queries.read_page("demo", limit=50),
        "page in the middle": lambda: queries.read_page("demo", limit=50, before_id=_newest_id() // 2),
        DEEPEST: lambda: queries.read_page("demo", limit=50, before_id=52),
        "jump to a day": lambda: queries.read_page("demo", limit=50, before_id=queries.id_dated_until("demo", DAY) + 1),
        "one invoice by its number": lambda: queries.read_invoice("DEMO1-000777"),
        "totals": lambda: totals.refresh("demo"),
    }
    table, found = _ask_both(f"Pages at {rows:,} rows", asks, rounds=options.pick(9, 2), times=options.pick(20, 5))
    deep = [deepest / newest for deepest, newest in zip(found[DEEPEST, LARGE], found[NEWEST, LARGE], strict=True)]
    table.judge("deepest page : newest page, large", "x", *deep, goal=PAGE_GOAL)
    ratios = [large / small for large, small in zip(found["totals", LARGE], found["totals", SMALL], strict=True)]
    table.judge("totals, large : small", "x", *ratios, goal=TOTALS_GOAL)
    return table


def _searches(rows: int, options: Options) -> Table:
    """Every kind of search text, with the size of its result."""
    from invoices import queries

    with twins.use(LARGE):
        texts = _texts()
    asks: dict[str, Ask] = {
        name: partial(_with_patience, partial(queries.read_page, "demo", limit=50, query=text))
        for name, text in texts.items()
    }
    rounds = 1 if rows > 1_000_000 else options.pick(3, 2)
    table, found = _ask_both(f"Search at {rows:,} rows, newest 50", asks, rounds=rounds, times=1)
    name, worst = max(((name, found[name, LARGE]) for name in texts), key=lambda item: max(item[1]))
    table.judge(f"worst of them, large: {name}", "ms", *worst, goal=SEARCH_GOAL)
    table.notes.append(
        f"What takes over {PATIENCE_SECONDS} s is ended and counts as that; the web process ends it at 1.5 s."
    )
    return table


def _with_patience(ask: Ask) -> None:
    from django.db import OperationalError, connection, transaction

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE_SECONDS}s'")
        with contextlib.suppress(OperationalError), transaction.atomic():
            ask()


def _texts() -> dict[str, str]:
    """Search texts by the number of invoices they find."""
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
    }


def _admin(rows: int, options: Options) -> Table:
    from django.test import Client

    from local.prepare import collect_static

    collect_static()
    clients = {name: _logged_in(name, Client(headers={"host": "localhost"})) for name in (SMALL, LARGE)}
    with twins.use(LARGE):
        word = next(iter(_texts().values()))
    pages = {
        "list": "",
        "number": "?q=DEMO1-000777",
        "common word": f"?q={word}",
        "one day": "?date_from=2020-01-02&date_to=2020-01-02",
    }
    sides = {
        (title, name): lambda query=query, name=name: _get(clients[name], query, name)
        for title, query in pages.items()
        for name in (SMALL, LARGE)
    }
    table = Table(title=f"Admin at {rows:,} rows")
    found = measure_in_turn(sides, options.pick(7, 2))
    for (title, name), values in found.items():
        table.add(f"{title}, {name}", "ms", *values)
    ratios = [large / small for large, small in zip(found["list", LARGE], found["list", SMALL], strict=True)]
    table.judge("list, large : small", "x", *ratios, goal=PAGE_GOAL)
    return table


def _logged_in(name: str, client: Any) -> Any:
    from django.contrib.auth import get_user_model

    with twins.use(name):
        client.force_login(get_user_model().objects.get(username="bench"))
    return client


def _get(client: Any, query: str, name: str) -> float:
    with twins.use(name):
        return 1000 * seconds_of(lambda: _expect_page(client.get(f"/admin/invoices/invoice/{query}")))


def _expect_page(answer: Any) -> None:
    if answer.status_code != 200:
        raise RuntimeError(f"The admin answered {answer.status_code} to {answer.request['QUERY_STRING']}.")


def _once(rows: int) -> Table:
    """Slow operations that run rarely."""
    from invoices.audit import audit

    exported = min(rows, MOST_EXPORTED)
    table = Table(title=f"Audit and export at {rows:,} rows")
    with twins.use(LARGE):
        reports = list[bool]()
        table.add("audit", "s", seconds_of(lambda: reports.append(audit()["ok"])))
        table.add(
            f"export of the newest {exported:,} as CSV", "rows/s", exported / seconds_of(lambda: _export(exported))
        )
    table.notes.append(f"The audit says {'ok' if all(reports) else 'that something is wrong'}.")
    return table


def _export(rows: int) -> None:
    """Write the file in this process, because only this process uses the selected database."""
    from exports.files.formats import Format, write
    from invoices.models import Invoice

    with open(os.devnull, "wb") as sink:
        for _ in write(Invoice.objects.filter(ordinal__gt=_newest_id() - rows), Format.CSV, sink):
            pass


def _ask_both(
    title: str, asks: Mapping[str, Ask], *, rounds: int, times: int
) -> tuple[Table, dict[tuple[str, str], list[float]]]:
    """Milliseconds of each query in both databases; also as a dict by (query, database)."""
    sides = {
        (ask, name): lambda ask=ask, name=name: _ask(asks[ask], name, times) for ask in asks for name in (SMALL, LARGE)
    }
    found = measure_in_turn(sides, rounds)
    table = Table(title=title)
    for (ask, name), values in found.items():
        table.add(f"{ask}, {name}", "ms", *values)
    return table, found


def _ask(ask: Ask, name: str, times: int) -> float:
    with twins.use(name):
        return 1000 * seconds_of(ask, times)


def _newest_id() -> int:
    """The count serves as the newest id: here, ids have no gap."""
    from invoices.series import current_test_series

    return current_test_series().last_ordinal
