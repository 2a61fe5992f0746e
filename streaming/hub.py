"""The hub: one subscriber per web process, which follows the feeds and updates every dashboard of the process.

The hub keeps the newest rows of each feed, encodes a frame once and gives the same text to each socket. Redis only
sends notifications; missing data is read from PostgreSQL, so on every connection the sequence numbers rise by one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import DatabaseError
from redis.exceptions import RedisError

from runtime.loops import Loop
from runtime.tasks import WatchedTask
from runtime.threads import DatabaseThreads
from streaming import names
from streaming.connections import Connection
from streaming.feedstate import FeedState
from streaming.kinds import UnknownFeed, kind_of
from streaming.rights import Check, RightsWatchers
from streaming.snapshots import read_feed

logger = logging.getLogger(__name__)
T = TypeVar("T")

# The totals of a feed are read and sent at most this often: 20 times a second.
STATS_SECONDS = 0.05
# Without a notification, PostgreSQL is read this often.
POLL_SECONDS = 1.0
# The pause after a failure of Redis or PostgreSQL.
RETRY_SECONDS = 0.3
# The watch of the loops ends a process whose loop makes no progress for this long. A read may wait for a PostgreSQL
# that was suspended and resumes later.
FOLLOW_WITHIN_SECONDS = 60.0


class Hub:
    """The feeds of this process and the connections that follow them. All methods run in one event loop."""

    def __init__(self) -> None:
        self._states: dict[str, FeedState] = {}
        self._threads = DatabaseThreads(2, "hub")
        self._rights = RightsWatchers()
        self._listener: WatchedTask | None = None
        self._followers: dict[str, WatchedTask] = {}

    async def join(self, feed: str, connection: Connection, *, last_seq: int | None, epoch: str | None) -> None:
        """Send `connection` its hello and add it as a follower of `feed`.

        The screen resumes after row `last_seq` of the database `epoch`; both are None for a new screen. Raises
        `DatabaseError` when the state cannot be read, and `UnknownFeed` when the feed does not exist.
        """
        self._start()
        state = await self._read_state(feed)
        connection.follow(state.log, state.hello(last_seq=last_seq, epoch=epoch))
        self._follow(state)

    async def _read_state(self, feed: str) -> FeedState:
        """The current state of `feed`. A state that was discarded during the read is not returned."""
        while True:
            state = self._states.setdefault(feed, FeedState(feed))
            # A new connection starts with the newest rows, and shares no read that leaves them out.
            state.is_behind = True
            state.is_status_due |= state.is_status_overtaken
            await self._refresh(state)
            if self._states.get(feed) is state:
                return state

    def leave(self, feed: str, connection: Connection) -> None:
        """Remove `connection` from the followers of `feed`, and stop its sending."""
        connection.stop()
        state = self._states.get(feed)
        if state is not None:
            state.log.followers.discard(connection)

    def watch_rights(self, topics: Iterable[str], check: Check) -> None:
        """Call `check` after each notification of changed rights with one of these topics, until `unwatch_rights`."""
        self._start()
        for topic in topics:
            self._rights.add(topic, check)

    def unwatch_rights(self, topics: Iterable[str], check: Check) -> None:
        for topic in topics:
            self._rights.discard(topic, check)

    async def run_in_thread(self, call: Callable[..., T], *arguments: object) -> T:
        """The result of `call`, run in one of the hub's few threads with database connections; it may have to wait."""
        return await self._threads.run(call, *arguments)

    @property
    def connection_count(self) -> int:
        """The number of connected dashboards of this process."""
        return sum(len(state.log.followers) for state in self._states.values())

    def _start(self) -> None:
        """Start the loop that receives notifications, at the first connection or watcher of the process."""
        if self._listener is None:
            # There may be hours between notifications.
            self._listener = WatchedTask("hub-listen", self._listen_loop, within_seconds=math.inf)

    def _follow(self, state: FeedState) -> None:
        """Start the loop that keeps `state` current, unless it runs already."""
        follower = self._followers.get(state.name)
        if follower is None or follower.done():
            follow = partial(self._follow_while_watched, state)
            name = f"hub-follow-{state.name}"
            self._followers[state.name] = WatchedTask(name, follow, within_seconds=FOLLOW_WITHIN_SECONDS)

    async def _listen_loop(self, loop: Loop) -> None:
        """Receive notifications as the only member of the Redis group in this process; subscribe again after a failure."""
        layer = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(names.GROUP, channel)
                await self._listen(layer, channel, loop)
            except (RedisError, OSError) as error:
                logger.warning("No notifications from Redis, polling PostgreSQL every second: %s", error)
                # Without the flush, each failed attempt leaves a channel that fills up without a reader.
                with contextlib.suppress(RedisError, OSError):
                    await layer.flush()
                await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self, layer: Any, channel: str, loop: Loop) -> None:
        """Receive notifications from `channel` until Redis fails; raises `RedisError` or `OSError` then."""
        while True:
            loop.progress()
            try:
                self._receive(await layer.receive(channel))
            except (RedisError, OSError):
                raise
            except Exception:
                # Any client of Redis can publish; an invalid message must not end the loop.
                logger.exception("A notification is not valid")

    def _receive(self, message: dict[str, Any]) -> None:
        """Receive one notification (streaming/notifications.py); raises `ValueError` for an invalid one."""
        _validate(message)
        if message["type"] == "feed.rights":
            self._rights.notify(message["feed"])
            return
        state = self._states.get(message["feed"])
        if state is None:
            return
        if message["type"] == "feed.frames":
            state.receive_frames(message["frames"])
        if not state.log.followers:
            return
        match message["type"]:
            case "feed.shown":
                if not state.take_next(message["seq"], message["item"], message["cleared_seq"]):
                    state.is_behind = True
            case "feed.cleared":
                state.receive_cleared(message["last_seq"])
            case "feed.totals":
                state.receive_totals(message.get("stats"), every_seconds=STATS_SECONDS)
                state.is_status_due |= state.is_idle
            case "feed.status":
                state.is_status_due = True
        state.log.pump()
        if state.is_anything_due:
            state.wake.set()

    async def _follow_while_watched(self, state: FeedState, loop: Loop) -> None:
        """Keep `state` current while it has followers: after a notification at once, otherwise every second."""
        started_at = -math.inf
        while state.log.followers:
            loop.progress()
            if (too_early := max(started_at, state.totals_taken_at) + STATS_SECONDS - time.monotonic()) > 0:
                await asyncio.sleep(too_early)
            started_at = time.monotonic()
            state.wake.clear()
            await self._refresh_or_pause(state)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.01, started_at + POLL_SECONDS - time.monotonic())):
                    await state.wake.wait()
        # The state of a temporary feed would never be used again; another follower would restart the state anyway.
        self._states.pop(state.name, None)

    async def _refresh_or_pause(self, state: FeedState) -> None:
        """Refresh `state`. A failure is logged, and a pause follows: the caller repeats the refresh."""
        try:
            await self._refresh(state)
        except UnknownFeed:
            # The feed was closed. The followers are disconnected, and their next connection is rejected.
            state.log.drop_all()
        except DatabaseError as error:
            logger.warning("The screens of %s wait for PostgreSQL: %s", state.name, error)
            await asyncio.sleep(RETRY_SECONDS)
        except Exception:
            logger.exception("The screens of %s could not be brought up to date", state.name)
            await asyncio.sleep(RETRY_SECONDS)

    async def _refresh(self, state: FeedState) -> None:
        """Update `state` from PostgreSQL by a read that begins after this call; callers that wait share one read."""
        count_at_call = state.read_count
        async with state.read_lock:
            if state.read_count > count_at_call:
                if isinstance(state.read_error, DatabaseError):
                    raise state.read_error
                if state.read_error is None:
                    return
            state.read_count += 1
            state.read_error = None
            try:
                await self._read(state)
            except BaseException as error:
                # A cancelled read is not shared: a caller that waits for it reads again.
                state.read_error = error
                raise

    async def _read(self, state: FeedState) -> None:
        """Read from PostgreSQL until no row is missing; many missing rows are read page by page.

        When only the totals are due, only those are read.
        """
        if state.are_only_totals_due:
            state.are_totals_due = False
            state.begin_snapshot()
            state.take_totals(await self._threads.run(kind_of(state.name).refresh_totals, state.name))
            state.log.pump()
            return
        if not state.log.followers:
            state.restart()
        is_behind = True
        while is_behind:
            wants_status = state.is_status_wanted
            state.are_totals_due = state.is_behind = False
            state.begin_snapshot()
            if wants_status:
                state.begin_status()
            snapshot = await self._threads.run(read_feed, state.name, state.last_seq, wants_status)
            is_behind = state.take(snapshot)
            state.log.pump()


def _validate(message: dict[str, Any]) -> None:
    """Raise `ValueError` for an invalid notification: any client of Redis can publish, and its numbers would be sent on."""
    numbers = [message[name] for name in ("seq", "cleared_seq", "last_seq") if message.get(name) is not None]
    texts = [message.get("item", ""), *message.get("frames", ())]
    if not all(type(number) is int for number in numbers) or not all(type(text) is str for text in texts):
        raise ValueError(f"not a notification: {str(message)[:200]}")
    if (stats := message.get("stats")) is not None and (
        type(stats) is not dict or stats.get("feed") != message["feed"]
    ):
        raise ValueError(f"not the totals of a feed: {str(message)[:200]}")


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop: one per web process."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


def connection_count() -> int:
    """How many dashboards are open on this process."""
    return sum(each.connection_count for each in _hubs.values())
