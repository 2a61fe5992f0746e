"""A frequent statement is prepared once, counted as a query, and fails with Django's errors."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection

from runtime.heartbeats import METER
from runtime.prepared import THRESHOLD, fetch_all

pytestmark = pytest.mark.django_db(transaction=True)
STATEMENT = "SELECT %(number)s::int + 1, 'prepared in a test'"


def prepared_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%prepared in a test%%'", [])
        return int(cursor.fetchone()[0])


def test_a_statement_is_prepared_once_and_every_query_is_counted() -> None:
    before = METER.count
    asked = THRESHOLD + 3
    assert [fetch_all(STATEMENT, {"number": 1}) for _ in range(asked)] == [[(2, "prepared in a test")]] * asked
    assert METER.count == before + asked
    assert prepared_count() == 1


def test_its_errors_are_djangos() -> None:
    with pytest.raises(ProgrammingError):
        fetch_all("SELECT no_such_column", [])
