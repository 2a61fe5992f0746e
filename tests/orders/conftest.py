"""The store that orders are recorded for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from stores.queries import StoreFacts, read_store
from tests.clean import empty_redis


@pytest.fixture
def store(db: None) -> StoreFacts:
    """The store `main`, with the series INV and CN."""
    empty_redis()
    return read_store("main")


@pytest.fixture(scope="module")
def one_snapshot(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Lets the audit run in the transaction of a test, which has the isolation that the audit asks for."""

    def set_isolation(level: str) -> None:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}")

    set_isolation("REPEATABLE READ")
    yield
    set_isolation("READ COMMITTED")
