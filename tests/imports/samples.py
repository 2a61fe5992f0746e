"""Rows of the shop's format, and where its real data is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from imports.reading import options
from imports.reading.options import Options
from runtime.environment import BASE_DIR

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
DATA = Path(os.environ.get("ONLINE_RETAIL", BASE_DIR.parent / "shared" / "data" / "online-retail"))
with_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shop's data is not in {DATA}; set ONLINE_RETAIL")


def row(number: str, quantity: str = "6", price: str = "2.55", **changes: str) -> Sequence[str]:
    """A row of invoice `number`."""
    values = {
        "InvoiceNo": number, "StockCode": "85123A", "Description": "LANTERN", "Quantity": quantity,
        "InvoiceDate": "2026-01-31 08:26:00", "UnitPrice": price, "CustomerID": "17850.0", "Country": "Germany",
    }  # fmt: skip
    return list((values | changes).values())


def shop(**changes: object) -> Options:
    """The options of the shop's format."""
    return options.make({"format": "online-retail", **changes})
