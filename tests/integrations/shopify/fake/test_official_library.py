"""Shopify's own library accepts what the fake shop signs, and refuses what was changed."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

from integrations.shopify.fake.goods import MUG, SPOON, Item
from integrations.shopify.fake.shop import FakeShopify
from tests.integrations.shopify.fake.caller import Caller
from tests.integrations.shopify.fake.receiver import ADDRESS, Receiver
from tests.waiting import HANG_SECONDS

ROOT = Path(__file__).parents[4]
SCRIPT = Path(__file__).with_name("verify.mjs")
NODE = shutil.which("node") or "node"
BACK = "client_id=fake-client&scope=read_orders&redirect_uri=https%3A%2F%2Fdesk.test%2Fback&state=two%20words"


def verdicts(shop: FakeShopify, checks: list[dict[str, Any]]) -> Any:
    asked = json.dumps({"app": asdict(shop.app), "checks": checks})
    ran = subprocess.run(
        [NODE, str(SCRIPT)], input=asked, text=True, cwd=ROOT, timeout=HANG_SECONDS, check=True, stdout=subprocess.PIPE
    )  # fmt: skip
    return json.loads(ran.stdout)


def webhook(headers: dict[str, str], body: bytes) -> dict[str, Any]:
    return {"headers": headers, "body": base64.b64encode(body).decode()}


def test_the_library_verifies_webhooks_and_redirects(shop: FakeShopify, receiver: Receiver) -> None:
    for topic in ("orders/create", "refunds/create", "orders/edited"):
        shop.hooks.add(topic, ADDRESS)
    order = shop.place(Item(MUG, 2), Item(SPOON))
    shop.add(order, Item(SPOON))
    shop.refund(order, (order.lines[0], 1))
    shop.deliver()
    redirect = Caller(shop).authorize(BACK)
    signed = [webhook(*request) for request in receiver.requests]
    headers, body = receiver.requests[0]
    changed = webhook(headers, body.replace(b"Mug", b"Jug"))

    *accepted, refused, led_back, led_astray = verdicts(
        shop, [*signed, changed, {"query": redirect}, {"query": redirect | {"shop": "other.myshopify.com"}}]
    )

    assert [(each["valid"], each["topic"]) for each in accepted] == [
        (True, "ORDERS_CREATE"), (True, "ORDERS_EDITED"), (True, "REFUNDS_CREATE"),
    ]  # fmt: skip
    assert [each["eventId"] for each in accepted] == receiver.all("Event-Id")
    assert (refused["valid"], refused["reason"]) == (False, "invalid_hmac")
    assert (led_back, led_astray) == (True, False)
