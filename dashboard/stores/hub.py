"""The reader of all cards of a web process: it reads at most twice a second, and each socket gets what changed for it.

A follower that is slow gets the newest state of each card, never a queue: it holds no more than a number.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from weakref import WeakKeyDictionary

from django.db import DatabaseError

from dashboard.stores.cards import Card, read_overview
from runtime.formats import iso
from runtime.loops import Loop
from runtime.tasks import WatchedTask
from runtime.threads import DatabaseThreads
from streaming.feed import wire

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.5
# A read of very many stores takes no more than a tenth of the time.
REST_FACTOR = 9.0
HEARTBEAT_SECONDS = 2.0
RETRY_SECONDS = 1.0
FOLLOW_WITHIN_SECONDS = 60.0
# A frame may hold 1 MiB; a card has 500 to 900 bytes.
MOST_CARDS = 1000


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A card as JSON, and the turn in which it changed."""

    text: str
    turn: int


class Follower:
    """One socket: the accounts whose stores it follows, and the turn up to which it has them."""

    def __init__(self, accounts: Collection[int], send: Callable[[str], Awaitable[None]]) -> None:
        self.accounts = frozenset(accounts)
        self.wake = asyncio.Event()
        self._send = send

    async def run(self, hub: StoresHub) -> None:
        """Send the hello, then what changes, until cancelled; an empty frame is the heartbeat."""
        turn = hub.turn
        for frame in hub.frames(self.accounts, since=-1, kind="hello"):
            await self._send(frame)
        while True:
            await self._wait_for_news(hub, turn)
            since, turn = turn, hub.turn
            for frame in hub.frames(self.accounts, since=since, kind="stores"):
                await self._send(frame)

    async def _wait_for_news(self, hub: StoresHub, turn: int) -> None:
        due_at = time.monotonic() + HEARTBEAT_SECONDS
        is_due = False
        while not is_due:
            await self.wake.wait()
            self.wake.clear()
            is_due = time.monotonic() >= due_at or hub.has_news(self.accounts, since=turn)


class StoresHub:
    """The cards of the followed accounts. All methods run in one event loop."""

    def __init__(self) -> None:
        self.turn = 0
        self._cards: dict[int, dict[str, HeldCard]] = {}
        self._as_of = ""
        self._read_at = -math.inf
        self._followers: dict[Follower, asyncio.Task[None]] = {}
        self._reading = asyncio.Lock()
        self._threads = DatabaseThreads(1, "stores")
        self._loop: WatchedTask | None = None

    async def join(self, follower: Follower) -> None:
        """Send `follower` its hello and what changes from then on; raises `DatabaseError`."""
        async with self._reading:
            is_fresh = time.monotonic() - self._read_at < TURN_SECONDS
            if not (is_fresh and follower.accounts <= self._cards.keys()):
                await self._read(follower.accounts | self._accounts)
        self._followers[follower] = asyncio.create_task(follower.run(self))
        if self._loop is None or self._loop.done():
            self._loop = WatchedTask("stores-follow", self._follow, within_seconds=FOLLOW_WITHIN_SECONDS)

    def leave(self, follower: Follower) -> None:
        """Send nothing more to `follower`."""
        if (task := self._followers.pop(follower, None)) is not None:
            task.cancel()

    def has_news(self, accounts: Collection[int], *, since: int) -> bool:
        """Whether a card of these accounts changed after turn `since`."""
        return next(self._changed(accounts, since), None) is not None

    def frames(self, accounts: Collection[int], *, since: int, kind: str) -> Iterator[str]:
        """The cards of these accounts that changed after turn `since`, in one frame or, where there are very many, more."""
        changed = self._changed(accounts, since)
        yield self._frame(kind, list(islice(changed, MOST_CARDS)))
        while items := list(islice(changed, MOST_CARDS)):
            yield self._frame("stores", items)

    def _frame(self, kind: str, items: list[str]) -> str:
        return f'{{"type":"{kind}","as_of":"{self._as_of}","items":[{",".join(items)}]}}'

    def _changed(self, accounts: Collection[int], since: int) -> Iterator[str]:
        for account in accounts:
            for card in self._cards.get(account, {}).values():
                if card.turn > since:
                    yield card.text

    @property
    def _accounts(self) -> frozenset[int]:
        return frozenset().union(*(follower.accounts for follower in self._followers))

    async def _follow(self, loop: Loop) -> None:
        """Read again and again while there are followers."""
        while self._followers:
            loop.progress()
            began_at = time.monotonic()
            pause_seconds = await self._read_or_log()
            rest_seconds = REST_FACTOR * (time.monotonic() - began_at)
            await asyncio.sleep(max(pause_seconds, rest_seconds, began_at + TURN_SECONDS - time.monotonic()))
        self._cards.clear()

    async def _read_or_log(self) -> float:
        """Read once; returns the seconds to wait after a failure."""
        try:
            async with self._reading:
                await self._read(self._accounts)
            return 0.0
        except DatabaseError as error:
            logger.warning("The overview of stores waits for PostgreSQL: %s", error)
        except Exception:
            logger.exception("The overview of stores could not be read")
        return RETRY_SECONDS

    async def _read(self, accounts: frozenset[int]) -> None:
        overview = await self._threads.run(read_overview, accounts)
        self._take(overview.as_of, overview.cards)
        self._read_at = time.monotonic()
        for follower in self._followers:
            follower.wake.set()

    def _take(self, as_of: datetime, cards: Mapping[int, Mapping[str, Card]]) -> None:
        """Keep the cards; those that are gone stay as erased, so that screens remove them."""
        self.turn += 1
        self._as_of = iso(as_of)
        for account in self._cards.keys() - cards.keys():
            del self._cards[account]
        for account, fresh in cards.items():
            held = self._cards.setdefault(account, {})
            texts = {slug: wire.encode(card) for slug, card in fresh.items()}
            texts |= {slug: wire.encode({"slug": slug, "status": "erased"}) for slug in held.keys() - fresh.keys()}
            for slug, text in texts.items():
                if slug not in held or held[slug].text != text:
                    held[slug] = HeldCard(text, self.turn)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, StoresHub] = WeakKeyDictionary()


def stores_hub() -> StoresHub:
    """The hub of the running event loop: one per web process."""
    return _hubs.setdefault(asyncio.get_running_loop(), StoresHub())
