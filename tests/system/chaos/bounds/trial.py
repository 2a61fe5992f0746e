"""One trial: what a case may use, and where it notes what is wrong and how long a recovery took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.stack import Stack
from tests.system.chaos.bounds.health import Health
from tests.system.chaos.bounds.sizes import Sizes
from tests.system.chaos.checker import Violation
from tests.system.chaos.history import History
from tests.system.chaos.product import Product

# Ends a wait for something that never comes. No result depends on it.
PATIENCE_SECONDS = 180.0
POLL_SECONDS = 0.1
INVARIANT = "B"


class GivenUp(Exception):
    """What a trial waited for never came; that is noted, and nothing else of the case is done."""


@dataclass(kw_only=True)
class Trial:
    """`viewer` is the token of a user who may view; empty where every caller may."""

    product: Product
    history: History
    sizes: Sizes
    seed: int
    viewer: str = ""
    violations: list[Violation] = field(default_factory=list)

    @property
    def stack(self) -> Stack:
        return self.product.stack

    @property
    def health(self) -> Health:
        return Health(self.product)

    def wrong(self, text: str) -> None:
        """Note what may not be; the same is noted once."""
        violation = Violation(kind="wrong", invariant=INVARIANT, text=text)
        if violation not in self.violations:
            self.violations.append(violation)
            self.history.note("harness", "wrong", text=text)

    def expect(self, is_so: object, text: str) -> None:
        if not is_so:
            self.wrong(text)

    async def until(self, condition: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait until `condition` is true; what never becomes true is wrong, and raises `GivenUp`."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if await condition():
                self.history.note("harness", "seen", seen=what)
                return
            await asyncio.sleep(POLL_SECONDS)
        self.wrong(f"not within {PATIENCE_SECONDS:g} s: {what}")
        raise GivenUp(what)

    async def recovers(self, condition: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait like `until`, and report how long it took."""
        began = time.monotonic()
        await self.until(condition, what)
        self.history.note("harness", "recovered", recovery=what, seconds=time.monotonic() - began)
