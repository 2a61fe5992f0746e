"""Serves a fake shop by HTTP on this machine, with the faults of its answers."""

from __future__ import annotations

import json
import time
from dataclasses import replace

from integrations.fakes.server import Answer, FakeServer, Reply, Request
from integrations.woocommerce.fake import exchange, rest
from integrations.woocommerce.fake.shop import FakeShop

FAULT = {"code": "fault", "message": "A fault on demand."}
# A page of WordPress.
NO_PAGE = Reply(
    404, b"<!DOCTYPE html><title>Page not found</title>", {"Content-Type": "text/html; charset=UTF-8"}
)  # fmt: skip


class ShopServer(FakeServer):
    """A context manager: the shop answers at `shop.url` from its begin to its end; by https with a `certificate`, the
    path of a PEM file that holds its key as well.
    """

    def __init__(self, shop: FakeShop, *, port: int = 0, certificate: str = "") -> None:
        super().__init__(port=port, certificate=certificate)
        self.shop = shop
        shop.url = self.mount(answer_of(shop))


def answer_of(shop: FakeShop) -> Answer:
    """What a server answers requests to `shop` with."""

    def answer(request: Request) -> Reply:
        if request.path == exchange.PATH:
            return exchange.approve(shop, request.query)
        if not shop.has_permalinks:
            return NO_PAGE
        fault = shop.faults.next_answer()
        if isinstance(fault, int):
            return Reply(fault, FAULT, {"Retry-After": "7"} if fault == 429 else {})
        if fault == "slow":
            time.sleep(shop.faults.slow_seconds)
        body = json.loads(request.body) if request.body else None
        reply = rest.reply(shop, request.method, request.path, request.query, body)
        return replace(reply, is_half=fault == "half")

    return answer
