"""Each invoiced order of the shops' payloads, posted with its VAT groups, is issued with exactly those amounts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.api.caller import Caller

PLACES = [
    Path(os.environ.get("SHOP_PAYLOADS", "")),
    *(up / "shared/data/shop-payloads" for up in Path(__file__).parents),
]
EXPECTED = next((place / "expected.json" for place in PLACES if (place / "expected.json").is_file()), None)
ORDERS: dict[str, Any] = json.loads(EXPECTED.read_text()) if EXPECTED else {}
INVOICED = {name: order for name, order in ORDERS.items() if order["outcome"] == "invoiced"}
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not INVOICED, reason="the shops' payloads are not here; SHOP_PAYLOADS names their folder"),
]


@pytest.mark.parametrize("name", INVOICED or ["none"])
def test_an_invoiced_order_is_issued_with_exactly_its_amounts(api: Caller, name: str) -> None:
    order = INVOICED[name]
    groups = order["groups"]
    body = {
        "currency": order["currency"],
        "seller": {"name": "Shop"},
        "buyer": {"name": "Guest"},
        "lines": [
            {"description": "Goods", "quantity": "1", "unit_price": each["net"], "vat_rate": each["rate"]}
            for each in groups
        ],
        "vat": [{"rate": each["rate"], "amount": each["vat"]} for each in groups],
        "total_amount": order["total"],
    }
    found = api.post("/invoices", body)
    assert api.status == 201, found
    assert (found["subtotal"], found["vat_amount"], found["total_amount"]) == (
        order["subtotal"], order["vat"], order["total"],
    )  # fmt: skip
    of_rate = {each["rate"]: (each["net"], each["vat"]) for each in found["vat_groups"]}
    assert of_rate == {each["rate"]: (each["net"], each["vat"]) for each in groups}
