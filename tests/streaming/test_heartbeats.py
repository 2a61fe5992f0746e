"""Heartbeats: rows that are written without waiting for the commit."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from runtime import heartbeats


@pytest.mark.django_db(transaction=True)
def test_its_commit_waits_for_no_disk_and_the_next_one_does_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    try:
        with transaction.atomic():
            heartbeats.beat("web", 1)
            assert waits() == "off"
        assert waits() == "on"
    finally:
        connection.close()
    (beat,) = heartbeats.read()
    assert (beat["name"], beat["memory_bytes"]) == ("web", 1)


def waits() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0])
