"""A fake shop of a store, whatever its platform: it is connected, and things happen in it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from integrations.fakes.clock import Clock, real_clock
from integrations.fakes.faults import Faults
from integrations.fakes.sending import Send, send_by_http
from integrations.fakes.server import FakeServer
from stores.queries import StoreFacts

# Fake shops have such an address.
LOOPBACK = "http://127.0.0.1:"
# How often an answer of the shop is a fault, when faults are on.
ANSWER_FAULT_SHARE = 0.02
# How often something new happens, rather than a change.
NEW_SHARE = 0.6


class NotFree(Exception):
    """The store has a shop that is not a fake one."""


class SimulatedShop(Protocol):
    """A fake shop, made from an `Opening`. It answers at once; `connect` connects its store with it."""

    url: str

    def connect(self) -> None:
        """Connect the store with the shop; raises `NotFree`."""

    def happen(self) -> None:
        """One thing happens in the shop, and its webhooks that are due are sent."""

    def sell(self) -> None:
        """A buyer pays for a mug, and the webhooks of the order are sent."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What a shop is opened with. The same seed makes the same orders."""

    store: StoreFacts
    server: FakeServer
    seed: str
    has_faults: bool
    send: Send = send_by_http
    clock: Clock = real_clock

    def faults(self) -> Faults:
        chance = random.Random(f"{self.seed} webhooks")
        if not self.has_faults:
            return Faults(random=chance)
        return Faults(lost=0.05, late=0.1, doubled=0.1, is_reordered=True, random=chance)


Open = Callable[[Opening], SimulatedShop]


def check_free(store: StoreFacts, url: str) -> None:
    """Raises `NotFree` where `url`, the address of the shop of the store, is that of a real one; empty without a shop."""
    if url and not url.startswith(LOOPBACK):
        raise NotFree(f"The store {store.slug} is connected with {url}: choose a store without a shop.")
