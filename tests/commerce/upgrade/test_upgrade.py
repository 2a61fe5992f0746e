"""A database without variants is upgraded: products, stock and orders stay, and get variants, movements and customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import migrated
from tests.upgrading import report_of


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The report of `tests.commerce.upgrade.upgrade`."""
    with migrated.copy("upgraded_commerce") as database:
        data = str(tmp_path_factory.mktemp("data"))
        yield report_of("tests.commerce.upgrade.upgrade", database, INVOICEDASH_DATA_DIR=data)


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
