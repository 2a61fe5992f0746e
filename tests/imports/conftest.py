"""Files in a shop's formats, and the shop's own data where the machine has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.imports.samples import COLUMNS

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows of the shop's format into a file."""

    def write(*rows: Sequence[str], name: str = "2026-01-31.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(",".join(row) for row in (COLUMNS, *rows)) + "\n")
        return path

    return write


@pytest.fixture
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.INVOICEDASH_DATA_DIR = tmp_path / "data"
    return tmp_path / "data"
