"""A 503 gives the reason: PostgreSQL is busy, rows are locked, the disk is full, or the server does not answer."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import RequestFactory
from psycopg_pool import ConnectionPool, PoolTimeout
from pytest_django import Settings

from runtime import conditions, database
from runtime.conditions import clear_condition
from tests.dashboard.api.caller import Caller
from tests.disk import fill, small_disk
from web.outage import explain
from web.problems import ProblemMiddleware

pytestmark = pytest.mark.django_db(transaction=True)
IMPORTS = "/imports?format=invoices-csv"


@pytest.fixture(autouse=True)
def none_is_left() -> Iterator[None]:
    yield
    for each in conditions.current():
        clear_condition(each.name, each.subject)


def raised(*statements: str) -> DatabaseError:
    """What PostgreSQL raises for the last of these statements."""
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    except DatabaseError as error:
        connection.close()
        return error
    raise AssertionError("nothing was raised")


def test_row_that_another_transaction_holds_is_locked_and_postgres_is_up(api: Caller) -> None:
    with psycopg.connect(**connection.get_connection_params()) as holder:
        holder.execute("SELECT 1 FROM invoices_series FOR UPDATE")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 50")
        found = api.refusal(503, "POST", "/control/start")
        holder.rollback()
    connection.close()
    assert found["detail"].startswith("Another transaction holds the rows that this request needs.")
    assert found["services"]["postgres"] == "up"


def test_query_that_is_ended_for_its_length_is_busy() -> None:
    assert explain(raised("SET statement_timeout = 20", "SELECT pg_sleep(60)")).word == "busy"


def test_disk_full_of_postgresql_is_a_full_disk_and_a_condition() -> None:
    error = raised("DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$")
    assert explain(error).word == "full disk"
    assert ("disk-full", "postgresql") in {(each.name, each.subject) for each in conditions.current()}


def test_disk_full_of_postgresql_is_over_when_nothing_was_refused_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    explain(raised("DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$"))
    database.forget_old_errors()
    assert conditions.current()
    monkeypatch.setattr(database, "REFUSED_SECONDS", 0.0)
    database.forget_old_errors()
    assert conditions.current() == []


def test_pool_without_a_free_connection_is_a_full_pool() -> None:
    parameters = connection.get_connection_params()
    pool = ConnectionPool(kwargs=parameters, min_size=1, max_size=1)
    with pool, pool.connection(), pytest.raises(PoolTimeout) as found:
        pool.getconn(timeout=0.05)
    error = OperationalError(str(found.value))
    error.__cause__ = found.value
    assert explain(error).word == "full pool"


def test_connection_that_was_ended_alone_is_busy_and_not_down() -> None:
    assert explain(raised("SELECT pg_terminate_backend(pg_backend_pid())")).word == "busy"


def test_an_unreachable_server_is_down(settings: Settings, tmp_path: Path) -> None:
    known = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = str(tmp_path)
    try:
        assert explain(raised("SELECT 1")).word == "down"
    finally:
        connection.close()
        connection.settings_dict["HOST"] = known


def test_upload_on_a_full_disk_is_refused_as_such_and_leaves_nothing(
    api: Caller, settings: Settings, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", megabytes=2) as disk:
        settings.INVOICEDASH_DATA_DIR = disk
        filler = fill(disk)
        found = api.refusal(503, "POST", IMPORTS, b"x" * 100_000)
        assert found["detail"].startswith("The disk is full, so nothing can be stored; free space first.")
        assert found["services"] == {"postgres": "up", "redis": "up"}
        filler.unlink()
        api.call("POST", IMPORTS, b"x" * 100_000)
        assert api.status == 202
        assert not list((disk / "jobs" / "incoming").iterdir())


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_page_that_cannot_be_stored_is_a_503_that_says_so(code: int) -> None:
    middleware = ProblemMiddleware(lambda request: refuse())
    answer = middleware.process_exception(RequestFactory().get("/"), OSError(code, os.strerror(code)))
    assert answer is not None
    assert answer.status_code == 503
    assert "The disk is full" in answer.content.decode()


def test_another_error_of_the_system_stays_a_fault() -> None:
    middleware = ProblemMiddleware(lambda request: refuse())
    assert middleware.process_exception(RequestFactory().get("/"), OSError(errno.EIO, "broken")) is None


def refuse() -> NoReturn:
    raise AssertionError("never called")
