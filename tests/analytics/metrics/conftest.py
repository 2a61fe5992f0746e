"""Every visitor of these tests may look."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def open_desk(settings: Any) -> None:
    settings.INVOICEDASH_OPEN = True
