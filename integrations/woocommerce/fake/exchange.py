"""The key exchange of a fake shop: its owner decides at once, and approved keys are posted to the callback, unsigned."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from integrations.fakes.sending import send_by_http
from integrations.fakes.server import Reply
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop

PATH = "/wc-auth/v1/authorize"


def approve(shop: FakeShop, query: Mapping[str, str]) -> Reply:
    """Post keys to the callback of an application, and lead the owner back to it. WooCommerce refuses a callback without
    https, which this machine has not, and stays on a page of its own where the callback does not answer 200.
    """
    callback = query.get("callback_url", "")
    if not callback.startswith(("https://", "http://127.0.0.1")):
        return Reply(400, {"message": "The callback_url needs to be over SSL."})
    if shop.is_approving and (status := _post_keys(callback, query)) != 200:
        return Reply(500, {"message": f"The keys could not be sent: the answer was {status}."})
    result = urlencode({"success": int(shop.is_approving), "user_id": query.get("user_id", "")})
    address = query.get("return_url", "")
    return Reply(302, {}, {"Location": f"{address}{'&' if '?' in address else '?'}{result}"})


def _post_keys(callback: str, query: Mapping[str, str]) -> int:
    keys = {
        "key_id": 2, "user_id": query.get("user_id", ""), "consumer_key": KEY, "consumer_secret": SECRET,
        "key_permissions": query.get("scope", "read"),
    }  # fmt: skip
    return send_by_http(callback, {"Content-Type": "application/json"}, json.dumps(keys).encode())
