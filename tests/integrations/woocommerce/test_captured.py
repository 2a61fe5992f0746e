"""Captured webhooks of a real WooCommerce come to the intake with their own headers and lead to their outcome."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from integrations.webhooks.models import Delivery
from integrations.woocommerce.connections import WEBHOOK_SECRET, ShopConnection
from integrations.woocommerce.fake.shop import FakeShop
from orders.models import Order
from stores.credentials import write_credential
from stores.rows import rows_of_all_stores
from tests.integrations.desk import Desk

# A folder of captured bodies with their `expected.json`, where there is one.
PAYLOADS = os.environ.get("SHOP_PAYLOADS", "")
CAPTURED = sorted(Path(PAYLOADS).glob("woo_webhooks/[0-9]*.headers.json")) if PAYLOADS else []
SECRET = "opsSecret0123456789abcdefABCDEF01"


def captured_order(webhook: str, refunds: str) -> Any:
    """What the shop answers when it is asked for the order of a webhook and its refunds."""
    body = json.loads((Path(PAYLOADS) / "woo_webhooks" / f"{webhook}.body").read_text())
    listed = json.loads((Path(PAYLOADS) / "woo_rest" / f"{refunds}.json").read_text())["body"]
    # The REST API of the fake shop lists the newest first.
    kept = [SimpleNamespace(as_json=lambda each=each: each) for each in reversed(listed)]
    return SimpleNamespace(as_json=lambda: body, refunds=kept)


@pytest.mark.skipif(not PAYLOADS, reason="SHOP_PAYLOADS names no folder of captured bodies")
def test_captured_webhooks_have_the_outcome_that_is_expected_of_them(
    desk: Desk, connected: ShopConnection, shop: FakeShop
) -> None:
    write_credential(connected.store.id, WEBHOOK_SECRET, SECRET)
    shop.orders[18] = captured_order("0041_order_updated_two_refunds", "rest_refunds_order_two")
    expected = json.loads((Path(PAYLOADS) / "expected.json").read_text())
    for path in [*CAPTURED, *CAPTURED]:
        headers = [(name.lower().encode(), value.encode()) for name, value in json.loads(path.read_text()).items()]
        body = path.with_name(path.name.replace(".headers.json", ".body")).read_bytes()
        answer = desk.post(f"/in/woocommerce/{connected.intake_key}/", body, headers=headers)
        assert answer is not None
        assert answer.status == 200, path.name
    assert rows_of_all_stores(Delivery).count() == len(CAPTURED) - 1, "all but the ping, once"
    desk.work()
    for name, each in expected.items():
        if name.startswith("woo_webhooks") and "refunds" not in name:
            order = rows_of_all_stores(Order).get(external_id=str(each["order"]))
            outcome = f"{order.invoice_state}:{order.rule}".rstrip(":")
            assert (name, outcome, f"{order.total:.2f}") == (name, each["outcome"], each["order_total"])
