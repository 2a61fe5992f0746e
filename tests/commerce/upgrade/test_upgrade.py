"""A database without variants is upgraded: products, stock and orders stay, and get variants, movements and customers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import migrated
from tests.waiting import HANG_SECONDS


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The report of `tests.commerce.upgrade.upgrade`."""
    with migrated.copy("upgraded_commerce") as database:
        yield run(database, tmp_path_factory.mktemp("data"))


def run(database: str, data_dir: Path) -> dict[str, Any]:
    environment = os.environ | {
        "DATABASE_URL": database,
        "INVOICEDASH_DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "invoicedash.settings",
    }
    command = [sys.executable, "-m", "tests.commerce.upgrade.upgrade"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=HANG_SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def test_products_stay_and_each_code_is_a_variant(upgraded: dict[str, Any]) -> None:
    assert upgraded["products"] == [
        ["BOOK", "Book", ""], ["MUG", "Mug", "Kitchen"], ["TEA", "Tea", ""], ["id-4", "id-4", ""],
    ]  # fmt: skip
    assert upgraded["variants"] == [
        ["BOOK", "BOOK", "Book"], ["MUG", "MUG", "Large mug"], ["TEA", "TEA", "Tea"], ["id-4", "id-4", "id-4"],
    ]  # fmt: skip


def test_stock_stays_as_the_sum_of_first_movements(upgraded: dict[str, Any]) -> None:
    assert upgraded["levels"] == [
        [7, "MUG", "", 5, True, 3, None], [8, "BOOK", "Kiel", 0, True, None, None],
        [9, "BOOK", "Bonn", 0, False, None, None], [10, "id-4", "", -2, True, None, None],
    ]  # fmt: skip
    noon = "2026-11-30 12:00:00+00"
    assert upgraded["movements"] == [[7, "counted", 5, 5, noon], [10, "counted", -2, -2, noon]]
    assert upgraded["proof"] == {"stores": [{"store": "main", "levels": 4, "movements": 2}], "wrong_levels": []}


def test_orders_get_their_customers(upgraded: dict[str, Any]) -> None:
    assert upgraded["customers"] == [
        ["id 7", "Erika M.", "e@example.com", "2026-11-01", "2026-11-02"],
        ["mail gast@example.com", "Gast", "Gast@Example.com", "2026-11-04", "2026-11-04"],
        ["vat DE123", "Firma", "", "2026-11-03", "2026-11-03"],
    ]
    assert upgraded["orders"] == [
        ["1", "id 7"], ["2", "id 7"], ["3", "vat DE123"], ["4", "mail gast@example.com"], ["5", None], ["6", None],
    ]  # fmt: skip
