"""The store that orders are recorded for."""

from __future__ import annotations

import pytest

from stores.queries import StoreFacts, read_store
from tests.clean import empty_redis


@pytest.fixture
def store(db: None) -> StoreFacts:
    """The store `main`, with the series INV and CN."""
    empty_redis()
    return read_store("main")
