"""Kinds of jobs for the tests, and a data directory of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from jobs import registry
from tests.jobs import kinds


@pytest.fixture(autouse=True)
def known_kinds() -> Iterator[None]:
    before = dict(registry._entries)
    kinds.register()
    yield
    registry._entries.clear()
    registry._entries.update(before)


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.INVOICEDASH_DATA_DIR = tmp_path
    return tmp_path
