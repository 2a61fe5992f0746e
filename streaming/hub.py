"""One subscriber per web process: it follows the feeds and tells every local dashboard.

The hub keeps the newest rows of each feed, encodes a frame once and hands the same text to each socket. Redis
only hints; whatever is missing comes from PostgreSQL, so on every connection the sequence numbers rise by one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import DatabaseError
from redis.exceptions import RedisError

from runtime.loops import Loop
from runtime.tasks import KeptTask
from runtime.threads import DatabaseThreads
from streaming import names
from streaming.connections import Connection
from streaming.feedstate import FeedState
from streaming.kinds import UnknownFeed, kind_of
from streaming.readings import read_feed

logger = logging.getLogger(__name__)
T = TypeVar("T")

STATS_SECONDS = 0.05
POLL_SECONDS = 1.0
RETRY_SECONDS = 0.3
# A reading may wait for a PostgreSQL that was stopped and goes on later.
FOLLOW_WITHIN_SECONDS = 60.0


class Hub:
    """The feeds as this process knows them, and the connections that follow them. Lives on one event loop."""

    def __init__(self) -> None:
        self._states: dict[str, FeedState] = {}
        self._threads = DatabaseThreads(2, "hub")
        self._listener: KeptTask | None = None
        self._followers: dict[str, KeptTask] = {}

    async def join(self, feed: str, connection: Connection, *, last_seq: int | None, epoch: str | None) -> None:
        """Send `connection` its hello and let it follow. Raises `DatabaseError` when there is nothing to say hello with.

        `last_seq` is where it wants to resume, or None for a fresh screen.
        """
        self._start()
        state = await self._read_state(feed)
        connection.follow(state.log, state.hello(last_seq=last_seq, epoch=epoch))
        self._follow(state)

    async def _read_state(self, feed: str) -> FeedState:
        """The state of `feed`, current; one that was forgotten while it was read is nobody's."""
        while True:
            state = self._states.setdefault(feed, FeedState(feed))
            # Whoever comes begins with the newest rows, and shares no reading that leaves them out.
            state.is_behind = True
            await self._refresh(state)
            if self._states.get(feed) is state:
                return state

    def leave(self, feed: str, connection: Connection) -> None:
        """Forget `connection`, and end what it is sending."""
        connection.stop()
        state = self._states.get(feed)
        if state is not None:
            state.log.followers.discard(connection)

    async def ask(self, call: Callable[..., T], *arguments: object) -> T:
        """What `call` answers from the database, in one of the hub's bounded threads."""
        return await self._threads.run(call, *arguments)

    @property
    def connection_count(self) -> int:
        return sum(len(state.log.followers) for state in self._states.values())

    def _start(self) -> None:
        if self._listener is None:
            # Hints may be hours apart.
            self._listener = KeptTask("hub-listen", self._listen_for_ever, within_seconds=math.inf)

    def _follow(self, state: FeedState) -> None:
        follower = self._followers.get(state.name)
        if follower is None or follower.done():
            follow = partial(self._follow_while_watched, state)
            name = f"hub-follow-{state.name}"
            self._followers[state.name] = KeptTask(name, follow, within_seconds=FOLLOW_WITHIN_SECONDS)

    async def _listen_for_ever(self, loop: Loop) -> None:
        """Be the one member of the group in this process; after any failure subscribe anew."""
        layer = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(names.GROUP, channel)
                await self._listen(layer, channel, loop)
            except (RedisError, OSError) as error:
                logger.warning("No hints from Redis, following PostgreSQL by the second: %s", error)
                # Or each failed attempt would leave a channel behind that fills up and that nobody reads.
                with contextlib.suppress(RedisError, OSError):
                    await layer.flush()
                await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self, layer: Any, channel: str, loop: Loop) -> None:
        while True:
            loop.progress()
            try:
                self._hear(await layer.receive(channel))
            except (RedisError, OSError):
                raise
            except Exception:
                # Anybody can publish there; what makes no sense must not make us deaf.
                logger.exception("A hint could not be understood")

    def _hear(self, message: dict[str, Any]) -> None:
        """Take one hint (streaming/hints.py); raises `ValueError` for what is none."""
        _check(message)
        state = self._states.get(message["feed"])
        if state is None or not state.log.followers:
            return
        match message["type"]:
            case "feed.shown":
                if not state.take_next(message["seq"], message["item"], message["cleared_seq"]):
                    state.is_behind = True
            case "feed.cleared":
                state.hear_cleared(message["last_seq"])
            case "feed.totals":
                state.hear_totals(message.get("stats"), every_seconds=STATS_SECONDS)
                state.is_status_due |= state.is_idle
            case "feed.status":
                state.is_status_due = True
        state.log.pump()
        if state.is_anything_due:
            state.wake.set()

    async def _follow_while_watched(self, state: FeedState, loop: Loop) -> None:
        """Keep `state` current while anybody watches: on hints at once, without any by the second."""
        started_at = -math.inf
        while state.log.followers:
            loop.progress()
            if (early := max(started_at, state.totals_taken_at) + STATS_SECONDS - time.monotonic()) > 0:
                await asyncio.sleep(early)
            started_at = time.monotonic()
            state.wake.clear()
            try:
                await self._refresh(state)
            except UnknownFeed:
                # It was closed: what they ask for next time is refused.
                state.log.drop_all()
            except DatabaseError as error:
                logger.warning("The screens of %s wait for PostgreSQL: %s", state.name, error)
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                logger.exception("The screens of %s could not be brought up to date", state.name)
                await asyncio.sleep(RETRY_SECONDS)
            try:
                async with asyncio.timeout(max(0.01, started_at + POLL_SECONDS - time.monotonic())):
                    await state.wake.wait()
            except TimeoutError:
                pass
        # Feeds come and go, and what nobody follows is begun anew in any case.
        self._states.pop(state.name, None)

    async def _refresh(self, state: FeedState) -> None:
        """Bring `state` up to PostgreSQL, by a reading that begins after this call: callers that wait share one."""
        seen = state.reading_count
        async with state.reading_lock:
            if state.reading_count > seen:
                if isinstance(state.reading_error, DatabaseError):
                    raise state.reading_error
                if state.reading_error is None:
                    return
            state.reading_count += 1
            state.reading_error = None
            try:
                await self._read(state)
            except BaseException as error:
                # A reading that was given up counts for nobody: whoever waits for it reads anew.
                state.reading_error = error
                raise

    async def _read(self, state: FeedState) -> None:
        """Read until nothing is missing; a hub far behind reads page by page, so that no row is left out."""
        if state.are_only_totals_due:
            state.are_totals_due = False
            state.begin_reading()
            state.take_totals(await self._threads.run(kind_of(state.name).refresh_totals, state.name))
            state.log.pump()
            return
        if not state.log.followers:
            state.begin_anew()
        is_behind = True
        while is_behind:
            wants_status = state.is_status_wanted
            state.are_totals_due = state.is_status_due = state.is_behind = False
            state.begin_reading()
            reading = await self._threads.run(read_feed, state.name, state.last_seq, wants_status)
            is_behind = state.take(reading)
            state.log.pump()


def _check(message: dict[str, Any]) -> None:
    """Anybody can publish there: a number that is none would be sent on and remembered."""
    numbers = [message[name] for name in ("seq", "cleared_seq", "last_seq") if message.get(name) is not None]
    if not all(type(number) is int for number in numbers) or type(message.get("item", "")) is not str:
        raise ValueError(f"no hint: {str(message)[:200]}")
    if (stats := message.get("stats")) is not None and (
        type(stats) is not dict or stats.get("feed") != message["feed"]
    ):
        raise ValueError(f"no totals of the feed: {str(message)[:200]}")


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop: one per web process."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


def connection_count() -> int:
    """How many dashboards are open on this process."""
    return sum(each.connection_count for each in _hubs.values())
