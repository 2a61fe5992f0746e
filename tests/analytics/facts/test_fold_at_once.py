"""Many issue at the same moment and some fail, while folds are killed: no bucket differs from its documents."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import DatabaseError, connection, transaction

from analytics.facts import proof
from analytics.facts.fold import fold, fold_all
from analytics.facts.rebuild import RebuildRunning, rebuild
from analytics.facts.restate import restate
from analytics.facts.rollups import LIVE, MINUTE
from invoices.documents.issue import issue_documents
from invoices.documents.types import Document
from invoices.issue import issue
from invoices.series import current_test_series
from tests.analytics.sales import Shop, at, item, prove, sale
from tests.commerce.samples import keep_product
from tests.invoices.samples import drafts, rows_of
from tests.invoices.threads import at_once

WRITERS, TURNS = 4, 40
START = at("2026-11-01T12:00")


def some_documents(chance: random.Random) -> list[Document]:
    """One to five sales on any of forty days, of twelve customers and three products, in two currencies."""
    return [
        sale(
            (START + timedelta(hours=chance.randrange(-960, 0), microseconds=chance.randrange(10**6))).isoformat(),
            [
                item(str(Decimal(chance.randrange(1, 9999)).scaleb(-2)), code=chance.choice(["", "A", "B", "C"]))
                for _ in range(3)
            ],
            chance.choice(["", *"abcdefghijkl"]),
            chance.choice(["SAR", "SAR", "EUR"]),
        )
        for _ in range(chance.randint(1, 5))
    ]


def write(shop: Shop, seed: int) -> int:
    """Issue some; nearly a third is rolled back, by the writer or because the last document is wrong."""
    chance, issued = random.Random(seed), 0
    for _ in range(TURNS):
        documents = some_documents(chance)
        with transaction.atomic():
            issue_documents(series_id=shop.invoices.pk, documents=documents)
            if chance.random() < 0.3:
                transaction.set_rollback(True)
                continue
        issued += len(documents)
        if chance.random() < 0.3:
            issue(series_id=current_test_series().pk, drafts=drafts(2))
    return issued


def fold_until(done: threading.Event, group: str) -> int:
    """Fold again and again; returns how often the server ended the session in the middle."""
    kills = 0
    while not done.is_set():
        try:
            fold(group, most=7)
        except DatabaseError:
            kills += 1
            connection.close()
    return kills


def kill_until(done: threading.Event) -> int:
    """End sessions that are folding."""
    killed = 0
    while not done.wait(0.01):
        killed += len(
            rows_of(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state <> 'idle' AND pid <> pg_backend_pid() AND query LIKE '%%facts\\_%%'"
            )
        )
    return killed


def test_no_bucket_differs_after_rollbacks_and_killed_folds(shop: Shop) -> None:
    for code in "AB":
        keep_product(shop.store.pk, code, category=f"of {code}")
    done = threading.Event()

    def write_all() -> list[object]:
        try:
            return at_once([partial(write, shop, seed) for seed in range(WRITERS)])
        finally:
            done.set()

    folders: list[Any] = [partial(fold_until, done, group) for group in (LIVE, MINUTE) for _ in range(2)]
    calls: list[Any] = [write_all, *folders, partial(kill_until, done)]
    counts, *kills, killed = at_once(calls)
    assert isinstance(counts, list)
    assert all(isinstance(count, int) for count in counts), counts
    assert isinstance(killed, int)
    assert killed > 0, "the premise: folds were killed"
    assert all(isinstance(kill, int) for kill in kills), kills
    fold_all()
    report = prove()
    assert rows_of("SELECT sum(documents)::int FROM facts_hour WHERE series_id = %s", shop.invoices.pk) == [
        (sum(counts),)
    ]
    assert report["buckets_compared"] > 100


def test_a_rebuild_beside_writers_and_folds_misses_nothing(shop: Shop) -> None:
    done = threading.Event()

    def write_all() -> list[object]:
        try:
            return at_once([partial(write, shop, seed) for seed in range(2)])
        finally:
            done.set()

    def rebuild_until() -> int:
        rebuilt = 0
        while not done.is_set():
            try:
                rebuilt += bool(rebuild())
            except RebuildRunning:
                continue
        return rebuilt

    def restate_until() -> None:
        while not done.is_set():
            restate("main", START.date() - timedelta(days=random.randrange(40)))

    folders = [partial(fold_until, done, group) for group in (LIVE, MINUTE)]
    calls: list[Any] = [write_all, *folders, rebuild_until, restate_until]
    _, *others, rebuilt, restated = at_once(calls)
    assert others == [0, 0]
    assert isinstance(rebuilt, int)
    assert rebuilt > 0
    assert restated is None
    fold_all()
    prove()


def test_the_proof_finds_what_is_different(shop: Shop) -> None:
    shop.sell("2026-03-01T10:00", item("10", code="A"), customer="a", fold=True)
    prove()
    tables = (
        "facts_hour",
        "facts_day",
        "facts_daycountry",
        "facts_daycategory",
        "facts_monthproduct",
        "facts_customerday",
        "facts_cohort",
        "facts_firstpurchase",
    )
    for table in tables:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table}")
            assert proof.prove()["differences"] > 0, table
            transaction.set_rollback(True)
    prove()
