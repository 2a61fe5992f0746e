"""Conditions about locks, speed and space, on a real PostgreSQL and a real file system."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from dashboard.conditions import server
from tests.disk import fill, small_disk
from tests.waiting import wait_for


@contextmanager
def other_session(name: str) -> Iterator[psycopg.Connection]:
    parameters = connection.get_connection_params() | {"application_name": name}
    with psycopg.connect(**parameters) as session:
        yield session
        session.rollback()


@pytest.mark.django_db(transaction=True)
def test_query_that_waits_for_a_long_transaction_is_found_with_its_holder() -> None:
    with other_session("the holder") as holder, other_session("the waiter") as waiter:
        holder.execute("SELECT 1 FROM streaming_feed WHERE name = 'demo' FOR UPDATE")
        query = "SELECT 1 FROM streaming_feed WHERE name = 'demo' FOR UPDATE"
        thread = threading.Thread(target=waiter.execute, args=[query])
        thread.start()
        try:
            (found,) = wait_for(lambda: list(server.check_locks()), "the wait to be found")
        finally:
            holder.rollback()
            thread.join()
        assert (found.name, found.subject) == ("database-busy", "locked")
        assert found.sentence.startswith("1 queries wait for locks of the holder (PostgreSQL process ")
        assert list(server.check_locks()) == []


def test_slow_answer_is_found_and_a_quick_one_is_not() -> None:
    assert [each.subject for each in server.check_speed(1.2)] == ["busy"]
    assert list(server.check_speed(0.2)) == []


def test_full_disk_is_found_until_there_is_space(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=64) as disk:
        assert list(server.check_disk(disk)) == []
        filler = fill(disk)
        (found,) = server.check_disk(disk)
        assert (found.name, found.subject) == ("disk-full", "data directory")
        assert f"The disk of {disk} is full (0 MB free)" in found.sentence
        filler.unlink()
        assert list(server.check_disk(disk)) == []


def test_directory_that_is_gone_is_not_a_full_disk(tmp_path: Path) -> None:
    assert list(server.check_disk(tmp_path / "gone")) == []
