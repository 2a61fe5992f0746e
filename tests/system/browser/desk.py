"""Reads and operates the page as a user does, and compares it with the product."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.stack import Stack
from tests.waiting import HANG_SECONDS, wait_for

Json = dict[str, Any]


class Product:
    """The running product, by its HTTP API."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.url = stack.url
        self.api = httpx.Client(base_url=stack.url, timeout=HANG_SECONDS)

    def clear(self, *, rate: float = 2) -> None:
        """Idle, empty, every row in turn at `rate` a second."""
        self.post("/api/control/reset", {"purge": True})
        self.set_pace(rate)

    def start(self, *, rate: float = 5, seconds: int = 300, seed: int = 7) -> Json:
        return self.post("/api/control/start", {"rate_per_second": rate, "duration_seconds": seconds, "seed": seed})

    def stop(self) -> Json:
        return self.post("/api/control/stop")

    def reset(self) -> Json:
        return self.post("/api/control/reset")

    def set_pace(self, rate: float, mode: str = "every") -> None:
        answer = self.api.put("/api/feed", params={"feed": "demo"}, json={"rate_per_second": rate, "mode": mode})
        answer.raise_for_status()

    def issue(self, count: int, *, shown: bool = True) -> None:
        """Issue `count` invoices quickly, and wait until they were shown as well, or pass over them."""
        self.start(rate=count, seconds=1)
        wait_for(lambda: self.status()["run"]["state"] == "completed", f"{count} invoices")
        if shown:
            rate = self.status()["display"]["rate_per_second"]
            self.set_pace(1000)
            wait_for(self.is_idle, f"{count} rows")
            self.set_pace(rate)
        else:
            self.post("/api/control/skip")

    def is_idle(self) -> bool:
        return bool(self.status()["state"] == "idle")

    def status(self) -> Json:
        return self.get("/api/system/status")

    def stats(self) -> Json:
        return self.get("/api/stats")

    def get(self, path: str, **query: Any) -> Json:
        return dict(self.api.get(path, params={"feed": "demo", **query}).raise_for_status().json())

    def post(self, path: str, body: Json | None = None) -> Json:
        return dict(self.api.post(path, params={"feed": "demo"}, json=body).raise_for_status().json())


class Desk:
    """A dashboard in a browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.grid = page.get_by_test_id("grid")
        self.rows = page.get_by_test_id("grid-row")
        self.pill = page.get_by_test_id("new-pill")
        self.start, self.stop, self.reset = (page.get_by_test_id(name) for name in ("start", "stop", "reset"))

    def see(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def expect_state(self, word: str) -> None:
        expect(self.see("state")).to_have_text(word)

    def expect_connection(self, word: str) -> None:
        expect(self.see("connection")).to_have_text(word)

    def expect_rows(self, count: int) -> None:
        expect(self.rows).to_have_count(count)

    def press_although_disabled(self, button: Locator) -> None:
        """Click as a reader whose page has not been updated yet; at once, before the page disables the button again.

        While an action is on its way, the page takes no other one.
        """
        expect(self.page.locator("button[aria-busy=true]")).to_have_count(0)
        button.evaluate("button => { button.disabled = false; button.click(); }")

    def figure(self, name: str) -> str:
        """A figure as it is written, without its grouping."""
        return self.see(name).inner_text().replace(",", "")

    def seqs(self) -> list[int]:
        """The sequence numbers of the rows in the document, from the top."""
        script = "rows => rows.map(row => row.dataset.seq).filter(Boolean).map(Number)"
        return list(self.rows.evaluate_all(script))

    def numbers(self) -> list[str]:
        return list(self.rows.evaluate_all("rows => rows.map(row => row.dataset.invoiceNumber)"))

    def scroll_to(self, top: float) -> None:
        self.grid.evaluate("(grid, top) => grid.scrollTo(0, top)", top)

    def scroll_down(self) -> None:
        self.grid.evaluate("grid => grid.scrollTo(0, grid.scrollHeight)")

    def row_on_top_of_view(self) -> tuple[str, float]:
        """Number and vertical place of the first row in sight."""
        script = """grid => {
            const top = grid.getBoundingClientRect().top;
            const row = [...grid.querySelectorAll('[data-testid=grid-row]')].find(
                each => each.getBoundingClientRect().bottom > top + 40);
            return [row.dataset.invoiceNumber, row.getBoundingClientRect().top];
        }"""
        number, place = self.grid.evaluate(script)
        return number, place
