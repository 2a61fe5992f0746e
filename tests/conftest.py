"""The order of the suite."""

from __future__ import annotations

import pytest

# Each worker takes file after file: those that take longest come first, so that none is left over at the end.
LONGEST = (
    *("api/test_openapi", "repo/test_backup", "local/test_supervisor", "live/test_faults_postgres", "live/test_faults"),
    *("live/test_watch", "local/test_product", "ops/test_deploy", "sources/reading/test_anything", "ops/test_garbage"),
    *("live/test_controls", "ops/test_drain", "live/test_faults_redis", "local/test_servers", "fuzz/test_small"),
    *("ops/test_canary", "jobs/test_in_the_product", "live/test_run", "invoices/test_stop"),
    *("browser/test_stream", "browser/test_tour", "browser/test_pages", "browser/test_budget", "browser/test_layout"),
    *("browser/test_reading", "browser/test_admin", "browser/test_document", "browser/test_replay"),
)
RANKS = {name: rank for rank, name in enumerate(LONGEST)}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests with a browser come last: Playwright keeps an event loop running, beside which no other can be run."""
    tests = config.rootpath / "tests"

    def place(item: pytest.Item) -> tuple[bool, int]:
        name = item.path.relative_to(tests).with_suffix("").as_posix() if item.path.is_relative_to(tests) else ""
        return "browser" in item.path.parts, RANKS.get(name, len(RANKS))

    items.sort(key=place)
