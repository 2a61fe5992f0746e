"""Sets the order of the test suite and what its databases begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests import migrated, order
from tests.flush import Flush
from tests.waiting import HANG_SECONDS

# The fixtures of products that tests of several files share.
PRODUCTS = {"stack", "closed_stack"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files; the tests of one file stay as they are."""
    sharing = {item.path for item in items if PRODUCTS & set(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: order.place(item.path, shares_product=item.path in sharing))


class Scheduling(LoadFileScheduling):
    """Gives file after file to the workers, and the shared ones to the same worker."""

    def _split_scope(self, nodeid: str) -> str:
        return order.scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copy the database of this process from the one that was migrated for all."""
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated.template()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Flush quickly after each test that commits. Warn of database sessions that tests left open, by their last query:
    the database cannot be dropped then.
    """
    with django_db_blocker.unblock():
        flush = Flush()
    with flush.installed():
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name, state, left(query, 200) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        if left := cursor.fetchall():
            request.node.warn(pytest.PytestWarning(f"Tests left database sessions open: {left}"))


@pytest.fixture(scope="module")
def one_snapshot(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Lets the audit run in the transaction of a test, which has the isolation that the audit asks for."""

    def set_isolation(level: str) -> None:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}")

    set_isolation("REPEATABLE READ")
    yield
    set_isolation("READ COMMITTED")


@pytest.fixture
def uncommitted_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test run jobs in its transaction. The heartbeat of a job looks from another connection, which does not see
    them: it would end this process in the middle of a step that takes some seconds.
    """
    monkeypatch.setattr("jobs.claims.BEAT_SECONDS", HANG_SECONDS)
