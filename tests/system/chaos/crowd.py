"""The screens of a schedule on the full stack: they connect, are cut, freeze, and reconnect a thousand at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import psycopg

from tests.system.chaos.history import History
from tests.system.chaos.product import Product
from tests.system.chaos.screens import SocketScreen
from tests.system.chaos.truth import is_quiet, read_baseline, read_counts

STORM_SECONDS = 60.0
# Screens connect in groups of this size; only their return is measured.
AT_ONCE = 50


class Crowd:
    """The screens of a schedule: some on the product's own port, some on a wire that may break."""

    def __init__(self, product: Product, history: History) -> None:
        self.screens: list[SocketScreen] = []
        self._product = product
        self._history = history
        self._tasks: list[asyncio.Task[None]] = []

    def join(self, *, is_wired: bool = False) -> None:
        url = self._product.wired_url if is_wired else self._product.stack.ws_url
        name = f"{'wired' if is_wired else 'screen'} {len(self.screens) + 1}"
        screen = SocketScreen(name, url, self._history, headers=self._product.stack.headers)
        self.screens.append(screen)
        self._tasks.append(asyncio.create_task(screen.watch()))

    def are_live(self) -> bool:
        return all(screen.is_live for screen in self.screens)

    def are_current(self, last_seq: int, invoice_count: int) -> bool:
        """Whether each screen is at `last_seq`, idle, with nothing more to receive."""
        return all(screen.is_live and screen.is_current(last_seq, invoice_count) for screen in self.screens)

    def check_alive(self) -> None:
        """Raise what ended a screen: it never ends by itself."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def freeze_one(self, seconds: float) -> None:
        """One reads nothing for that long; what it costs the web process is noted."""
        screen, before = self.screens[0], await asyncio.to_thread(self._product.web_bytes)
        screen.freeze()
        await asyncio.sleep(seconds)
        after = await asyncio.to_thread(self._product.web_bytes)
        self._history.note(screen.name, "thawed", grew_megabytes=max(0, after - before) / 1e6)
        screen.thaw()

    async def storm(self, count: int) -> None:
        """`count` more screens connect, and lose their connections in the same instant."""
        for _ in range(count):
            self.join()
            if len(self.screens) % AT_ONCE == 0 and not await self._wait_for(self.are_live, STORM_SECONDS):
                self._history.note("crowd", "never-live", count=len(self.screens))
                return
        before = [screen.connections for screen in self.screens]
        self._history.note("crowd", "cut", count=len(self.screens))
        began = time.monotonic()
        for screen in self.screens:
            screen.cut()

        def are_back() -> bool:
            pairs = zip(self.screens, before, strict=False)
            return all(screen.is_live and screen.connections > old for screen, old in pairs)

        if await self._wait_for(are_back, STORM_SECONDS) and await self._wait_for(self._are_equal, STORM_SECONDS):
            self._history.note("crowd", "back", count=count, seconds=time.monotonic() - began)

    def _are_equal(self) -> bool:
        """Whether every screen shows all that PostgreSQL has, once nothing moves there."""
        try:
            with self._product.connect() as asked:
                at, count, quiet = read_baseline(asked), read_counts(asked), is_quiet(asked)
        except psycopg.Error:
            return False
        if quiet:
            return self.are_current(at.last_seq, count)
        return all((screen.last_seq or 0) >= at.last_seq for screen in self.screens)

    @staticmethod
    async def _wait_for(condition: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.05)
        return True

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
