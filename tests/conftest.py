"""The order of the suite."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser come last: Playwright keeps an event loop running, beside which no other can be run."""
    items.sort(key=lambda item: "browser" in item.path.parts)
