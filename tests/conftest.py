"""The order of the suite."""

from __future__ import annotations

import pytest

# Each worker takes file after file: the long ones of the browser come first, so that none is left over at the end.
LONG = ("test_stream", "test_tour", "test_pages")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser come last: Playwright keeps an event loop running, beside which no other can be run."""
    items.sort(key=lambda item: ("browser" in item.path.parts, item.path.stem not in LONG))
