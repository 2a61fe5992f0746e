"""The totals that a page shows before its scripts run are in the currency that the scripts choose as well."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.snapshot import choose_figures
from invoices.serialize import figures


def stats(**counts: int) -> dict[str, Any]:
    held = [figures(code, count) for code, count in counts.items()]
    return figures("SAR", counts.get("SAR", 0)) | {"feed": "live", "currencies": held}


@pytest.mark.parametrize(
    ("held", "wanted", "shown"),
    [
        ({}, "", "SAR"),
        ({}, "EUR", "EUR"),
        ({"EUR": 1}, "", "EUR"),
        ({"EUR": 1}, "GBP", "EUR"),
        ({"EUR": 9, "SAR": 1}, "", "SAR"),
        ({"EUR": 9, "SAR": 1}, "EUR", "EUR"),
        ({"EUR": 117, "GBP": 10306, "JPY": 3}, "", "GBP"),
    ],
)
def test_the_first_currency(held: dict[str, int], wanted: str, shown: str) -> None:
    found = choose_figures(stats(**held), wanted)
    assert (found["currency"], found["invoice_count"]) == (shown, held.get(shown, 0))
