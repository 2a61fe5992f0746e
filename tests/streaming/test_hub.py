"""One hub on a real PostgreSQL and a real Redis: its hello, its frames, and its recovery from failures."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Self

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection, transaction

from runtime.heartbeats import METER
from streaming import names, notifications, operations
from streaming.connections import Connection
from streaming.hub import Hub
from streaming.layers import notification_layer
from tests.streaming.ledger import end_connections, issue_rows, own_backend, run_sql, show_queued
from tests.streaming.world import ModelScreen
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 2
GROUP = f"invoicedash__group__{names.GROUP}"


class Follower(ModelScreen):
    """A screen on a real hub: its invoices are real ones, so only their order is looked at."""

    def check_newest(self) -> None:
        return

    async def open(self, hub: Hub, **resume: Any) -> Self:
        """Join `hub`, with a connection for this once."""
        self.connection = Connection(send=self.send, drop=self.drop)
        await hub.join("demo", self.connection, **({"last_seq": None, "epoch": None} | resume))
        return self

    def close(self, hub: Hub) -> None:
        assert self.connection is not None
        hub.leave("demo", self.connection)


class FrameFollower(Follower):
    """Keeps the frames of the apps above as well."""

    def __init__(self) -> None:
        super().__init__()
        self.others: list[dict[str, Any]] = []

    def take(self, frame: dict[str, Any]) -> None:
        super().take(frame)
        if frame["type"] in ("order", "metric"):
            self.others.append(frame)


@asynccontextmanager
async def running() -> AsyncIterator[Hub]:
    """A hub of its own, whose threads leave no database connection behind."""
    hub = Hub()
    try:
        yield hub
    finally:
        for state in hub._states.values():
            state.log.followers.clear()
        loops = [*([hub._listener] if hub._listener else []), *hub._followers.values()]
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*(loop.task for loop in loops), return_exceptions=True)
        await notification_layer().flush()
        both = threading.Barrier(THREADS)
        await asyncio.gather(*(hub.run_in_thread(close_connection, both) for _ in range(THREADS)))
        hub._threads._pool.shutdown()
        await in_thread(lambda: connection.close())


def close_connection(all_threads: threading.Barrier) -> None:
    """Each thread of the hub closes its own: none is free for a second call before all have come."""
    connection.close()
    all_threads.wait(HANG_SECONDS)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(HANG_SECONDS):
        while not condition():
            await asyncio.sleep(0.005)


async def settled(hub: Hub) -> None:
    """Wait until no read is due. A read may overtake the notification of a clearing, which then causes another read."""
    state = hub._states["demo"]
    await until(lambda: not (state.is_anything_due or state.wake.is_set() or state.read_lock.locked()))


WaitUntilSubscribed = Callable[[], Awaitable[None]]


@pytest.fixture
def wait_until_subscribed(monkeypatch: pytest.MonkeyPatch, redis_client: Any) -> WaitUntilSubscribed:
    """Switch off polling, so that only notifications reach the hub. The function waits until the hub is subscribed."""
    monkeypatch.setattr("streaming.hub.POLL_SECONDS", 600.0)
    return lambda: until(lambda: redis_client.pubsub_numsub(GROUP)[0][1])


def in_thread(call: Callable[..., Any], *arguments: Any) -> Awaitable[Any]:
    return sync_to_async(call)(*arguments)


async def test_rows_totals_and_status_come_by_notification(wait_until_subscribed: WaitUntilSubscribed) -> None:
    async with running() as hub:
        screen = await Follower().open(hub)
        await wait_until_subscribed()
        await in_thread(issue_rows, 3)
        await until(lambda: screen.stats["invoice_count"] == 3)
        await in_thread(show_queued)
        await until(lambda: screen.rows == [1, 2, 3])
        await until(lambda: screen.status["state"] == "idle")
        assert screen.broken_promises == []


async def test_changed_rights_have_the_visitors_of_that_feed_checked(
    wait_until_subscribed: WaitUntilSubscribed,
) -> None:
    checked: list[str] = []
    async with running() as hub:
        for feed in ("demo", "live"):
            screen = Follower()
            hub.watch_rights([feed], partial(checked.append, feed))
            connection = Connection(send=screen.send, drop=screen.drop)
            await hub.join(feed, connection, last_seq=None, epoch=None)
        await wait_until_subscribed()
        await in_thread(notifications.rights_changed, "demo")
        await until(lambda: checked)
        assert checked == ["demo"]


async def test_changed_rights_are_reported_to_the_watchers_of_the_topic(
    wait_until_subscribed: WaitUntilSubscribed,
) -> None:
    checked: list[str] = []
    checks = {topic: partial(checked.append, topic) for topic in ("account-1", "account-2", "account-3")}
    async with running() as hub:
        for topic, check in checks.items():
            hub.watch_rights([topic], check)
        hub.unwatch_rights(["account-2"], checks["account-2"])
        await wait_until_subscribed()
        for topic in ("account-2", "account-3"):
            await in_thread(notifications.rights_changed, topic)
        await until(lambda: checked)
        assert checked == ["account-3"]


async def test_totals_that_changed_are_read_without_the_rows(
    wait_until_subscribed: WaitUntilSubscribed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status, and the rows with it, are not due: only the totals are read, in one query."""
    monkeypatch.setattr("streaming.feedstate.BUSY_STATUS_SECONDS", 3600.0)
    await sync_to_async(issue_rows)(1)
    async with running() as hub:
        screen = await Follower().open(hub)
        await wait_until_subscribed()
        # One for the hello, one as the hub begins to follow.
        await until(lambda: hub._states["demo"].read_count == 2)
        await settled(hub)
        before = METER.count
        await in_thread(notifications.totals_changed, "demo")
        await until(lambda: METER.count > before)
        await settled(hub)
        assert METER.count == before + 1
        assert screen.broken_promises == []


async def test_without_redis_rows_and_totals_come_by_the_second(without_redis: None) -> None:
    async with running() as hub:
        screen = await Follower().open(hub)
        await in_thread(issue_rows, 3)
        await in_thread(show_queued)
        await until(lambda: screen.rows == [1, 2, 3] and screen.stats["invoice_count"] == 3)
        await until(lambda: screen.status["display"]["last_seq"] == 3)


async def test_totals_written_without_issue_are_sent_within_a_second() -> None:
    await sync_to_async(issue_rows)(3)
    async with running() as hub:
        screen = await Follower().open(hub)
        await in_thread(run_sql, "DELETE FROM invoices_invoice WHERE ordinal = 3")
        await until(lambda: screen.stats["invoice_count"] == 2)


async def test_frames_of_the_apps_above_reach_every_screen(wait_until_subscribed: WaitUntilSubscribed) -> None:
    async with running() as hub:
        one, other = await FrameFollower().open(hub), await FrameFollower().open(hub)
        await wait_until_subscribed()
        frames: list[dict[str, Any]] = [{"type": "order", "order": 1}, {"type": "metric"}]
        await in_thread(lambda: operations.send_frames("demo", lambda: frames))
        await until(lambda: one.others == other.others == [{"type": "order", "order": 1}, {"type": "metric"}])


async def test_a_screen_that_joins_after_frames_gets_a_status_that_was_read_after_them(
    wait_until_subscribed: WaitUntilSubscribed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BUSY_STATUS_SECONDS", "IDLE_STATUS_SECONDS"):
        monkeypatch.setattr(f"streaming.feedstate.{name}", 3600.0)
    async with running() as hub:
        first = await FrameFollower().open(hub)
        await wait_until_subscribed()
        await settled(hub)
        await in_thread(issue_rows, 3)
        await in_thread(lambda: operations.send_frames("demo", lambda: [{"type": "order"}]))
        await until(lambda: first.others)
        second = await FrameFollower().open(hub)
        assert second.hello["status"]["display"]["backlog"] == 3


async def test_two_screens_see_the_same_and_a_reset_clears_both(wait_until_subscribed: WaitUntilSubscribed) -> None:
    async with running() as hub:
        one, other = await Follower().open(hub), await Follower().open(hub)
        await wait_until_subscribed()
        await in_thread(issue_rows, 3)
        await in_thread(show_queued)
        await until(lambda: one.rows == other.rows == [1, 2, 3])
        await settled(hub)
        await in_thread(lambda: operations.skip_queued("demo", clear_screens=True))
        await until(lambda: one.reset_count == other.reset_count == 1)
        assert one.rows == other.rows == []


async def test_a_hello_after_a_reset_has_nothing_from_before_it() -> None:
    """Also when the hub read a moment ago and has had no screens since."""
    await sync_to_async(issue_rows)(3)
    await sync_to_async(show_queued)()
    async with running() as hub:
        first = await Follower().open(hub)
        assert first.rows == [1, 2, 3]
        first.close(hub)
        await in_thread(lambda: operations.skip_queued("demo", clear_screens=True))
        await in_thread(issue_rows, 1)
        second = await Follower().open(hub)
        assert second.rows == []
        assert second.stats["invoice_count"] == 4
        assert second.status["state"] == "draining"


async def test_a_screen_that_knows_more_than_its_hub_resumes(without_redis: None) -> None:
    """Another web process may have sent it; the hub asks PostgreSQL before it calls a number unknown."""
    await sync_to_async(issue_rows)(3)
    await sync_to_async(show_queued)()
    async with running() as hub:
        epoch = (await Follower().open(hub)).epoch
        await in_thread(issue_rows, 2)
        await in_thread(show_queued)
        screen = await Follower(last_seq=4, epoch=epoch).open(hub, last_seq=4, epoch=epoch)
        assert screen.hello["reset"] is False
        assert screen.rows == [5]


async def test_after_days_without_screens_the_hello_needs_few_reads() -> None:
    await sync_to_async(issue_rows)(1)
    await sync_to_async(show_queued)()
    async with running() as hub:
        (await Follower().open(hub)).close(hub)
        await in_thread(show_many, 60_000)
        screen = await Follower().open(hub)
        assert hub._states["demo"].read_count < 10
        assert screen.rows == list(range(59_952, 60_002))


def show_many(count: int) -> None:
    """Write `count` shown rows into the tables of the feed, without their invoices."""
    run_sql("UPDATE streaming_feed SET position = position + %s WHERE name = 'demo'", count)
    run_sql(
        "INSERT INTO streaming_entry (feed_id, first_position, count, origin_id, first_ordinal) VALUES ('demo', 2, %s, 0, 1)",
        count,
    )
    run_sql(
        "INSERT INTO streaming_shown (feed_id, seq, position, shown_at)"
        " SELECT 'demo', n, n, clock_timestamp() FROM generate_series(2, %s + 1) n",
        count,
    )
    run_sql(
        "UPDATE streaming_cursor SET position = position + %s, last_seq = last_seq + %s WHERE feed_id = 'demo'",
        count,
        count,
    )


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00no message",
        b"a" * 12 + b"\x80",
        b"a" * 12 + b"\x81\xa4feed\xa4demo",
        b"a" * 12 + b"\x82\xa4feed\xa4demo\xa4type\xaafeed.shown",
        b"a" * 12 + b"\x82\xa4feed\xc0\xa4type\xc0",
        b"a" * 12 + b"\x01",
    ],
)
async def test_after_an_invalid_notification_the_screens_receive_the_next_rows(
    wait_until_subscribed: WaitUntilSubscribed, redis_client: Any, garbage: bytes
) -> None:
    async with running() as hub:
        screen = await Follower().open(hub)
        await wait_until_subscribed()
        for _ in range(3):
            await in_thread(redis_client.publish, GROUP, garbage)
        for count in (1, 2, 3):
            await in_thread(issue_rows, 1)
            await in_thread(show_queued)
            await until(lambda count=count: screen.rows == list(range(1, count + 1)))  # type: ignore[misc]


async def test_a_waiting_caller_reads_again_when_the_shared_read_is_cancelled() -> None:
    """The second caller waits for the read of the first, which never gets a result."""
    await sync_to_async(issue_rows)(2)
    await sync_to_async(show_queued)()
    async with running() as hub, locked("streaming_cursor") as unlock:
        impatient = [asyncio.ensure_future(Follower().open(hub))]
        await until(lambda: "demo" in hub._states and hub._states["demo"].read_lock.locked())
        impatient.append(asyncio.ensure_future(Follower().open(hub)))
        patient = asyncio.ensure_future(Follower().open(hub))
        for one in impatient:
            await asyncio.sleep(0)
            one.cancel()
            await asyncio.gather(one, return_exceptions=True)
        await unlock()
        async with asyncio.timeout(HANG_SECONDS):
            screen = await patient
        assert screen.rows == [1, 2]
        assert screen.stats["invoice_count"] == 2


@asynccontextmanager
async def locked(table: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Lock `table` against every reader until the yielded function is called, or until the block ends."""
    ready, done = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold() -> None:
        try:
            with transaction.atomic():
                run_sql(f"LOCK TABLE {table}")
                loop.call_soon_threadsafe(ready.set)
                asyncio.run_coroutine_threadsafe(done.wait(), loop).result(HANG_SECONDS)
        finally:
            connection.close()

    holding = loop.run_in_executor(None, hold)
    await ready.wait()

    async def unlock() -> None:
        done.set()
        await holding

    yield unlock
    await unlock()


async def test_every_waiting_screen_learns_that_the_database_fails() -> None:
    async with running() as hub:
        (await Follower().open(hub)).close(hub)
        await in_thread(run_sql, "ALTER TABLE streaming_shown RENAME TO hidden")
        joins = [Follower().open(hub) for _ in range(5)]
        results = await asyncio.gather(*joins, return_exceptions=True)
        await in_thread(run_sql, "ALTER TABLE hidden RENAME TO streaming_shown")
        assert all(isinstance(result, DatabaseError) for result in results)
        assert (await Follower().open(hub)).rows == []


@pytest.fixture
def spared() -> int:
    """The connection of the test itself, which is not ended."""
    return own_backend()


async def test_connections_at_the_same_time_share_a_few_reads(spared: int) -> None:
    async with running() as hub:
        screen = await Follower().open(hub)
        assert await in_thread(lambda: end_connections(spare=spared))
        await in_thread(issue_rows, 2)
        await in_thread(show_queued)
        await until(lambda: screen.rows == [1, 2] and screen.stats["invoice_count"] == 2)


async def test_many_who_come_at_once_share_a_few_readings() -> None:
    async with running() as hub:
        await asyncio.gather(*(Follower().open(hub) for _ in range(200)))
        assert hub.connection_count == 200
        assert hub._states["demo"].read_count < 20


async def test_another_database_makes_every_screen_start_again() -> None:
    await sync_to_async(issue_rows)(3)
    await sync_to_async(show_queued)()
    async with running() as hub:
        screen = await Follower().open(hub)
        before = screen.epoch
        await in_thread(run_sql, "UPDATE streaming_installation SET epoch = 'another'")
        await until(lambda: screen.is_dropped)
        await screen.open(hub, last_seq=3, epoch=before)
        assert screen.hello["reset"] is True
        assert (screen.epoch, screen.rows) == ("another", [1, 2, 3])


async def test_a_slow_pacers_late_notification_changes_nothing() -> None:
    """A second pacer overtook it; what it sends when it thaws was sent long ago."""
    async with running() as hub:
        screen = await Follower().open(hub)
        await in_thread(issue_rows, 4)
        await in_thread(show_queued)
        await until(lambda: screen.rows == [1, 2, 3, 4])
        for seq in (2, 4, 1):
            await in_thread(lambda seq=seq: notifications.shown("demo", seq, '"late"', cleared_seq=None))
        await in_thread(issue_rows, 1)
        await in_thread(show_queued)
        await until(lambda: screen.rows == [1, 2, 3, 4, 5])
        assert screen.broken_promises == []


async def test_loop_that_an_error_ends_goes_on_with_its_other_screens() -> None:
    dropped: list[int] = []

    async def send(frame: str) -> None:
        return

    def drop_badly(number: int) -> None:
        dropped.append(number)
        raise ZeroDivisionError

    async with running() as hub:
        for number in range(3):
            screen = Connection(send=send, drop=partial(drop_badly, number))
            await hub.join("demo", screen, last_seq=None, epoch=None)
        await in_thread(run_sql, "UPDATE streaming_feed SET closed_at = clock_timestamp() WHERE name = 'demo'")
        # Each of them ends the loop once.
        await until(lambda: len(dropped) == 3)
    assert sorted(dropped) == [0, 1, 2]
