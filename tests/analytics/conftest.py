"""Shops with sales: what the tests of figures look at."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.metrics.cache import ANSWERS
from tests.analytics.sales import Shop


@pytest.fixture(autouse=True)
def clean_cache() -> None:
    """What a test cached is not the next one's."""
    ANSWERS.clear()


@pytest.fixture
def shop(transactional_db: Any) -> Shop:
    """The store `main`, with nothing sold."""
    return Shop()
