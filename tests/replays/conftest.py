"""A day of real invoices in two series of the live feed; the order of issue differs from the order of dates."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from invoices.models import Series
from replays.models import Replay
from tests.clean import empty_redis
from tests.replays.day import BEGIN, END, issue_day, start

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture(autouse=True)
def clean_cache() -> None:
    empty_redis()


@pytest.fixture
def shop(db: None) -> Series:
    """A shop's own numbers, beside ours."""
    return Series.objects.create(prefix="SHOP", kind=Series.Kind.EXTERNAL, feed_id="live")


@pytest.fixture
def day(shop: Series) -> None:
    """Twelve invoices within an hour, two minutes of it without any at either end."""
    issue_day(shop)


@pytest.fixture
def replay(day: None) -> Replay:
    """The whole hour at 60 times its own time: it takes a minute."""
    return start(BEGIN, END)
