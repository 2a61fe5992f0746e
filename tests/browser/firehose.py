"""Speaks to a dashboard in the hub's place, as fast as the browser takes it: no pacer shows thousands of rows a second.

The page, its first paint and its API are the real product's; only the frames of the WebSocket come from here.
"""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import BrowserContext, Page, WebSocketRoute

from tests.stack import wait_for

Json = dict[str, Any]
CHUNK = 250


class Firehose:
    """Rows of the wire for every page of a context."""

    def __init__(self, context: BrowserContext) -> None:
        self._routes: list[WebSocketRoute] = []
        context.route_web_socket("**/ws/dashboard/**", lambda route: self._routes.append(route))

    def greet(self, page: Page) -> None:
        """Answer the page's connection with the hello it was painted from."""
        page.wait_for_timeout(100)
        wait_for(lambda: len(self._routes) > 0, 5, "the page to connect")
        self.hello: Json = json.loads(page.locator("#first-paint").inner_text())["hello"]
        self.sample: Json = self.hello["items"][-1]["invoice"]
        self.seq = int(self.hello["last_seq"])
        self._send({**self.hello, "items": []})

    def show(self, page: Page, count: int) -> None:
        """Send `count` rows, with totals and status as often as a hub would, and wait until the page has them."""
        end = self.seq + count
        while self.seq < end:
            for _ in range(min(CHUNK, end - self.seq)):
                self._send_row()
            self._send_figures()
            # Lets the page draw in between, as it would with rows that come one by one.
            page.evaluate("new Promise(requestAnimationFrame)")
        top = page.get_by_test_id("grid-row").first
        wait_for(lambda: top.get_attribute("data-seq") == str(self.seq), 20, f"row {self.seq} on top")

    def _send_row(self) -> None:
        self.seq += 1
        number = {"id": 10_000_000 + self.seq, "invoice_number": f"HOSE-{self.seq:06d}"}
        self._send({"type": "invoice", "seq": self.seq, "invoice": self.sample | number})

    def _send_figures(self) -> None:
        stats = self.hello["stats"] | {"invoice_count": self.seq, "as_of": f"2099-01-01T00:00:00.{self.seq:09d}Z"}
        self._send({"type": "stats", "stats": stats})
        counts = {"last_seq": self.seq, "shown_count": self.seq}
        status = self.hello["status"] | {"display": self.hello["status"]["display"] | counts}
        self._send({"type": "status", "status": status})

    def _send(self, frame: Json) -> None:
        self._routes[-1].send(json.dumps(frame))
