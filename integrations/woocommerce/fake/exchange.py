"""The key exchange of a fake shop: its owner approves at once, and the keys are posted to the callback, unsigned."""

from __future__ import annotations

import json
from collections.abc import Mapping

from integrations.fakes.sending import send_by_http
from integrations.fakes.server import Reply
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop

PATH = "/wc-auth/v1/authorize"


def approve(shop: FakeShop, query: Mapping[str, str]) -> Reply:
    """Post keys to the callback of an application. WooCommerce refuses one without https, which this machine has not."""
    callback = query.get("callback_url", "")
    if not callback.startswith(("https://", "http://127.0.0.1")):
        return Reply(400, {"message": "The callback_url needs to be over SSL."})
    keys = {
        "key_id": 2, "user_id": query.get("user_id", ""), "consumer_key": KEY, "consumer_secret": SECRET,
        "key_permissions": query.get("scope", "read"),
    }  # fmt: skip
    status = send_by_http(callback, {"Content-Type": "application/json"}, json.dumps(keys).encode())
    return Reply(200 if status == 200 else 500, {"status": status, "return_url": query.get("return_url", "")})
