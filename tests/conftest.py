"""Sets the order of the test suite and what its databases begin with."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests import migrated

# Each worker takes file after file: those that take longest come first, so that none is left over at the end.
LONGEST = """
dashboard/api/test_openapi repo/test_backup local/test_supervisor system/live/test_faults_postgres system/live/test_faults
system/live/test_watch local/test_product system/ops/test_deploy imports/reading/test_anything system/ops/test_garbage
system/live/test_controls system/ops/test_drain system/live/test_faults_redis local/test_servers system/fuzz/test_small
system/ops/test_canary jobs/test_in_the_product system/live/test_run invoices/test_stop
system/browser/test_stream system/browser/test_tour system/browser/test_pages system/browser/test_budget
system/browser/test_layout system/browser/test_reading system/browser/test_admin system/browser/test_document
"""
RANKS = {name: rank for rank, name in enumerate(LONGEST.split())}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests with a browser come last: Playwright keeps an event loop running, beside which no other can be run."""
    tests = config.rootpath / "tests"

    def place(item: pytest.Item) -> tuple[bool, int]:
        name = item.path.relative_to(tests).with_suffix("").as_posix() if item.path.is_relative_to(tests) else ""
        return "browser" in item.path.parts, RANKS.get(name, len(RANKS))

    items.sort(key=place)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copy the database of this process from the one that was migrated for all."""
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated.template()
