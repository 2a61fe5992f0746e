"""Erasing a store: its orders go, its documents stay; of a demonstration store no row stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from commerce.models import Customer, Movement, Product, StockLevel, Variant
from commerce.stock import Level, record_levels
from invoices.models import Invoice, Series
from jobs.models import Job
from jobs.work import Work
from orders.models import Order
from orders.recording import record
from stores.changes import erase
from stores.erasing import run
from stores.models import Store
from stores.opening import Wanted, open_store
from stores.queries import read_store
from stores.rows import rows_of_all_stores
from streaming import feed as feeds
from tests.orders.samples import BUYER, PAID, order
from tests.stores.conftest import Two

KEPT_OF_COMMERCE: tuple[Any, ...] = (Movement, StockLevel, Variant, Product, Customer)


def fill(store: Store) -> None:
    """An order with its invoice and its customer, and a product with its stock."""
    facts = read_store(store.slug)
    assert record(facts, order(buyer=replace(BUYER, email="erika@example.com"))).numbers
    record_levels(facts, [Level(sku="MUG", title="Mug", available=5)], read_at=PAID)


def run_job(store: Store) -> None:
    """Run the job that deletes the rows of the store to its end."""
    list(run(Work(Job.objects.get(arguments={"store": store.pk}))))


def test_the_documents_of_a_real_store_stay(two: Two) -> None:
    fill(two.store)
    erase(two.store)
    run_job(two.store)
    assert not rows_of_all_stores(Order).exists()
    for model in KEPT_OF_COMMERCE:
        assert not rows_of_all_stores(model).exists(), model
    assert Invoice.objects.get().series.store_id == two.store.pk
    assert feeds.check_feed("store-nord-shop")


def test_no_row_of_a_demonstration_store_stays(two: Two) -> None:
    demo = open_store(two.account, Wanted(name="Try", currency="EUR", is_demo=True))
    fill(demo)
    erase(demo)
    run_job(demo)
    assert not Store.objects.filter(pk=demo.pk).exists()
    assert not Series.objects.filter(store_id=demo.pk).exists()
    assert not Invoice.objects.exists()
    assert not rows_of_all_stores(Order).exists()
    with pytest.raises(feeds.UnknownFeed):
        feeds.check_feed("store-try")


def test_the_job_touches_no_other_store(two: Two) -> None:
    fill(two.foreign)
    erase(two.store)
    run_job(two.store)
    assert rows_of_all_stores(Order).get().store_id == two.foreign.pk
    for model in KEPT_OF_COMMERCE:
        assert rows_of_all_stores(model).get().store_id == two.foreign.pk, model


def test_the_job_may_run_twice(two: Two) -> None:
    demo = open_store(two.account, Wanted(name="Try", currency="EUR", is_demo=True))
    fill(demo)
    erase(demo)
    run_job(demo)
    run_job(demo)
    assert not Store.objects.filter(pk=demo.pk).exists()
