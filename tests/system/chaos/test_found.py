"""The findings of the fault runs, each as the smallest test that shows it. The seeds are in docs/guarantees.md."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from tests.waiting import wait_for
from web.problems import OUTAGES


@pytest.mark.django_db(transaction=True)
def test_a_session_ended_for_standing_still_is_an_outage() -> None:
    with pytest.raises(OUTAGES):
        _stand_still_in_a_transaction()


@transaction.atomic
def _stand_still_in_a_transaction() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 20")
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
        other = connection.copy()
        with other.cursor() as looking:
            wait_for(lambda: not _is_there(looking, pid), "PostgreSQL to end the session")
        other.close()
        cursor.execute("SELECT 1")


def _is_there(cursor: CursorWrapper, pid: int) -> bool:
    cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid])
    return cursor.fetchone() is not None
