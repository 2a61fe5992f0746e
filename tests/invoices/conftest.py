"""The series and feeds every database begins with."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from invoices.audit import audit
from invoices.generation import runs
from invoices.models import Run, Series
from invoices.series import current_test_series
from tests.clean import empty_redis
from tests.invoices.books import write_books
from tests.invoices.children import Ticker

# The machine is shared: how long one example takes says nothing.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture(autouse=True)
def clean_cache() -> None:
    """Empty the cache, and forget failures of Redis, so that no test affects the next one."""
    empty_redis()


@pytest.fixture
def test_series(db: None) -> Series:
    return current_test_series()


@pytest.fixture
def own_series(db: None) -> Series:
    """Real invoices of ours."""
    return Series.objects.get(prefix="INV")


@pytest.fixture
def shop_series(db: None) -> Series:
    """Real invoices with a shop's own numbers."""
    return Series.objects.create(prefix="SHOP", kind=Series.Kind.EXTERNAL, feed_id="live")


@pytest.fixture(scope="session")
def ticker(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ticker]:
    """A process that ticks on request."""
    with django_db_blocker.unblock():
        made = Ticker()
    made.read("ready")
    yield made
    made.close()


@pytest.fixture
def run(db: None) -> Run:
    """A run of 1,500 that has just begun, and so slow that no test sees more fall due than it has asked for."""
    return runs.start(rate_per_second=Decimal("0.1"), duration_seconds=15_000, seed=7)


@pytest.fixture
def books(one_snapshot: None, run: Run, own_series: Series, shop_series: Series) -> None:
    """Something of everything, all in order."""
    write_books(run, own_series, shop_series)
    assert audit()["ok"], "the premise: nothing is wrong yet"
