"""Figures: what all folds of documents cost beside issuing them, and what an answer costs beside `GET /api/stats`.

Documents of three lines. The yardsticks are our own: `issue_documents()` of the same batch, and the totals of a feed, which
are one cached row. `SIZE` is the number of invoices behind the answers.
"""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

from bench import figure_delay, machine, two_databases
from bench.frame import Goal, Options, Table, compare, measure_in_turn, ratio
from bench.servers import product_database
from bench.two_databases import LARGE, SMALL

BATCH = 1000
RATE = 500
ISSUE, FOLD = "issue_documents(), 1,000 documents", "all folds of the same 1,000"
STATS, ANSWER = "GET /api/stats", "GET /api/v1/analytics/metrics, revenue of 400 days"
# Both sizes have sales on each of these days: the larger one has ten times as many days behind them, not more sales a day.
FIRST, DAYS = datetime(2014, 1, 1, tzinfo=UTC), 400
QUERY = {
    "metric": "revenue", "filter.feed": "demo",
    "from": f"{FIRST:%Y-%m-%d}", "to": f"{FIRST + timedelta(days=DAYS - 1):%Y-%m-%d}",
}  # fmt: skip
QUESTIONS = {STATS: ("/api/stats", {"feed": "demo"}), ANSWER: ("/api/v1/analytics/metrics", QUERY)}


def run(options: Options) -> Iterator[Table]:
    """Folding by the processor time of client and server; answers by the same, at a tenth of the size and at the size."""
    with product_database():
        yield _folding(options)
        yield _one_document(options)
        yield _delay(options)
        yield from _answering(options, options.rows(200_000, 2_000))


def _busy(call: Callable[[], object]) -> float:
    """Processor milliseconds of this process and its database session."""
    from django.db import connection

    connection.ensure_connection()
    pids = [os.getpid(), connection.connection.info.backend_pid]
    before = machine.busy_seconds(pids)
    call()
    return 1000 * (machine.busy_seconds(pids) - before)


def _folding(options: Options) -> Table:
    from analytics.facts.fold import fold_all

    sales = _sales()
    sides = {ISSUE: lambda: _busy(lambda: sales(BATCH)), FOLD: lambda: _fold_behind(fold_all)}
    table = compare("Processor time of a batch, client and server", "ms", sides, rounds=options.pick(7, 1))
    ratio(table, "folds : issuing", of=FOLD, to=ISSUE, goal=Goal(least=1.0, aim=0.5, upwards=False))
    return table


def _fold_behind(fold_all: Callable[[], None]) -> float:
    """Fold one batch, issued beforehand; what others left is folded first."""
    fold_all()
    _sales()(BATCH)
    return _busy(fold_all)


def _one_document(options: Options) -> Table:
    """The live folds follow each document at once; the others run twice a minute, whatever was issued."""
    from analytics.facts.fold import fold, fold_all
    from analytics.facts.rollups import LIVE

    sales, times = _sales(), options.pick(50, 2)
    fold_all()

    def measure() -> float:
        # The clock of processor time has steps of 10 ms, so several documents are measured together.
        busy = 0.0
        for _ in range(times):
            sales(1)
            busy += _busy(lambda: fold(LIVE))
        fold_all()
        return busy / times

    table = Table(title="Processor time of folding one document, live folds")
    table.judge(
        "one document",
        "ms",
        *(measure() for _ in range(options.pick(5, 1))),
        goal=Goal(least=3.0, aim=2.0, upwards=False),
    )
    return table


def _delay(options: Options) -> Table:
    """From the commit of a document to the figures that are read."""
    from invoices.models import Series

    series = Series.objects.get(prefix="INV").pk
    delays = figure_delay.measure(_sales(), series, rate=RATE, seconds=options.pick(20, 1))
    table = Table(title=f"Delay from document to figure at {RATE} documents a second")
    table.add("median", "ms", 1000 * statistics.median(delays))
    p99 = sorted(delays)[max(0, round(len(delays) * 0.99) - 1)]
    table.judge("p99", "ms", 1000 * p99, goal=Goal(least=1000, aim=500, upwards=False))
    return table


_drawn = 0


def _sales() -> Callable[[int], Any]:
    """Issues `count` documents in our own series."""
    from bench.documents import documents
    from invoices.documents.issue import issue_documents
    from invoices.models import Series

    series, now = Series.objects.get(prefix="INV").pk, datetime.now(UTC)

    def sell(count: int) -> Any:
        global _drawn
        _drawn += 1
        # Of today, as live sales are. Late documents cost more: they are listed.
        sales = [
            replace(each, issued_at=now, external_id=f"{_drawn}:{place}")
            for place, each in enumerate(documents(count, _drawn))
        ]
        return issue_documents(series_id=series, documents=sales)

    return sell


def _answering(options: Options, size: int) -> Iterator[Table]:
    """Both sizes in turn: a machine that gets slower meanwhile would look like a slower answer."""
    from django.conf import settings

    settings.INVOICEDASH_OPEN = True
    rows = {SMALL: size // 10, LARGE: size}
    two_databases.make(rows, since=FIRST, apart=timedelta(days=DAYS) / rows[SMALL])
    answers = {name: _first_answer(name) for name in rows}
    times = options.pick(40, 2)
    sides = {(what, name): partial(_busy_asking, what, name, times) for name in rows for what in (STATS, ANSWER)}
    found = measure_in_turn(sides, options.pick(9, 1))
    for name, count in rows.items():
        table = Table(title=f"Processor time of one answer, {count:,} invoices", notes=[_describe(answers[name])])
        for what in (STATS, ANSWER):
            table.add(what, "ms", *found[what, name])
        goal = Goal(least=5.0, aim=4.0, upwards=False)
        ratio(table, "figures (never cached) : stats", of=ANSWER, to=STATS, goal=goal)
        yield table
    growth = Table(title="Growth of the answer from a tenth of the size")
    grown = [large / small for large, small in zip(found[ANSWER, LARGE], found[ANSWER, SMALL], strict=True)]
    growth.judge(f"{size:,} : {rows[SMALL]:,} invoices", "x", *grown, goal=Goal(least=1.2, aim=1.1, upwards=False))
    yield growth


def _first_answer(database: str) -> dict[str, Any]:
    from analytics.facts.fold import fold_all

    with two_databases.use(database):
        fold_all()
        _ask(STATS)
        answer = json.loads(_ask(ANSWER))
    assert not answer["metadata"]["cache_hit"]
    return dict(answer)


def _busy_asking(what: str, database: str, times: int) -> float:
    """Processor milliseconds of one answer that no earlier one was kept for."""
    from analytics.metrics.cache import ANSWERS

    busy = 0.0
    with two_databases.use(database):
        for _ in range(times):
            ANSWERS.clear()
            busy += _busy(lambda: _ask(what))
    return busy / times


@cache
def _client() -> Any:
    """One for all calls: each loads the middleware at its first one."""
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def _ask(what: str) -> bytes:
    answer = _client().get(*QUESTIONS[what])
    assert answer.status_code == 200, answer.content
    return bytes(answer.content)


def _describe(answer: dict[str, Any]) -> str:
    """What an answer has: its cost depends on these counts."""
    sold = sum(row["transactions"] > 0 for row in answer["data"])
    return f"{len(answer['data'])} rows, {sold} of them with sales, {len(answer['metadata']['restated'])} restated days"
