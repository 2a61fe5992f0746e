"""Each invoiced order of the shops' payloads, posted with its VAT groups, is issued with exactly those amounts.

The payloads are not in the repository. `expected.json` has the expected result of each order by the name of its payload:
`outcome`, and for `invoiced` orders `currency`, `subtotal`, `vat`, `total` and `groups` (a list of `rate`, `net`, `vat`).
Amounts and rates are decimal strings.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.api.caller import Caller

FOLDERS = [
    Path(os.environ.get("SHOP_PAYLOADS", "")),
    *(parent / "shared/data/shop-payloads" for parent in Path(__file__).parents),
]
EXPECTED = next((folder / "expected.json" for folder in FOLDERS if (folder / "expected.json").is_file()), None)
ORDERS: dict[str, Any] = json.loads(EXPECTED.read_text()) if EXPECTED else {}
INVOICED = {name: order for name, order in ORDERS.items() if order["outcome"] == "invoiced"}
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not INVOICED, reason="the shops' payloads are not here; SHOP_PAYLOADS names their folder"),
]


# pytest needs a parameter also when the payloads are missing and the test is skipped.
@pytest.mark.parametrize("name", INVOICED or ["none"])
def test_an_invoiced_order_is_issued_with_exactly_its_amounts(api: Caller, name: str) -> None:
    order = INVOICED[name]
    issued = api.post("/invoices", document_of(order))
    assert api.status == 201, issued
    amounts = (issued["subtotal"], issued["vat_amount"], issued["total_amount"])
    assert amounts == (order["subtotal"], order["vat"], order["total"])
    assert amounts_by_rate(issued["vat_groups"]) == amounts_by_rate(order["groups"])


def document_of(order: dict[str, Any]) -> dict[str, Any]:
    """The body of `POST /api/invoices` for an expected order: one line per VAT group, with the VAT given by group."""
    groups = order["groups"]
    return {
        "currency": order["currency"],
        "seller": {"name": "Shop"},
        "buyer": {"name": "Guest"},
        "lines": [
            {"description": "Goods", "quantity": "1", "unit_price": group["net"], "vat_rate": group["rate"]}
            for group in groups
        ],
        "vat": [{"rate": group["rate"], "amount": group["vat"]} for group in groups],
        "total_amount": order["total"],
    }


def amounts_by_rate(groups: list[dict[str, str]]) -> dict[str, tuple[str, str]]:
    """(net, VAT) of each VAT group, by its rate."""
    return {group["rate"]: (group["net"], group["vat"]) for group in groups}
