"""The loops of the pacer process show rows as soon as they are due, and continue after every error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from threading import Barrier

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from invoices import queries
from streaming.consumers import TEMPORARY_FEED_THREADS, PacerConsumer
from streaming.display import display as read_display
from streaming.kinds import kind_of, permanent_feeds, register_kind
from tests.streaming.ledger import (
    check_conserved,
    check_pace,
    end_connections,
    issue_rows,
    own_backend,
    shown_positions,
)
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
OLD_WAIT_SECONDS = 1000
WAKE_UP = {"type": "pacer.wake"}
Keys = Sequence[tuple[int, int]]


@asynccontextmanager
async def pacing() -> AsyncIterator[PacerConsumer]:
    """The consumer at work, woken once; it leaves no database connection behind."""
    consumer = PacerConsumer()
    await consumer.pacer_wake(WAKE_UP)
    try:
        yield consumer
    finally:
        loops = [*consumer._loops, *consumer._temporary_feeds.values()]
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*(loop.task for loop in loops), return_exceptions=True)
        for threads, size in (
            (consumer._threads, len(permanent_feeds())),
            (consumer._temporary_feed_threads, TEMPORARY_FEED_THREADS),
        ):
            together = Barrier(size)
            await asyncio.gather(*(threads.run(close_connection, together) for _ in range(size)))
            threads._pool.shutdown()
        await sync_to_async(lambda: connection.close())()


def close_connection(together: Barrier) -> None:
    connection.close()
    together.wait(HANG_SECONDS)


async def until_shown(count: int, *, feed: str = "demo") -> None:
    async with asyncio.timeout(HANG_SECONDS):
        while (await sync_to_async(read_display)(feed)).last_seq < count:
            await asyncio.sleep(0.02)


async def test_the_pacer_shows_all_rows_at_the_rate_and_waits_for_more(
    announce: Callable[[int], None], rate: Callable[[float], None]
) -> None:
    await sync_to_async(rate)(50)
    await sync_to_async(announce)(20)
    async with pacing() as consumer:
        await until_shown(20)
        await sync_to_async(announce)(5)
        await consumer.pacer_wake(WAKE_UP)
        await until_shown(25)
    assert await sync_to_async(shown_positions)() == list(range(1, 26))
    await sync_to_async(check_pace)(50)


async def test_a_new_rate_holds_at_once_and_not_after_the_old_wait(
    announce: Callable[[int], None], rate: Callable[[float], None]
) -> None:
    await sync_to_async(rate)(1 / OLD_WAIT_SECONDS)
    await sync_to_async(announce)(3)
    async with pacing() as consumer:
        await until_shown(1)
        await sync_to_async(rate)(20)
        await consumer.pacer_wake(WAKE_UP)
        await until_shown(3)


async def test_an_announcement_wakes_only_a_feed_that_has_no_row_loaded(
    announce: Callable[[int], None], rate: Callable[[float], None]
) -> None:
    await sync_to_async(rate)(0.1)
    await sync_to_async(announce)(3)
    async with pacing() as consumer:
        await until_loaded(consumer, "demo")
        for name in permanent_feeds():
            consumer._wake[name].clear()
            await consumer.pacer_announced({"type": "pacer.announced", "feed": name})
        assert {name: consumer._wake[name].is_set() for name in permanent_feeds()} == {"demo": False, "live": True}


async def until_loaded(consumer: PacerConsumer, name: str) -> None:
    async with asyncio.timeout(30):
        while name not in consumer._loaded:
            await asyncio.sleep(0.01)


@pytest.fixture
def broken_loader() -> Iterator[None]:
    """Rows that cannot be loaded, twice; then they can."""
    failures = [ValueError("no such currency"), AssertionError("impossible")]

    def load(keys: Keys) -> dict[tuple[int, int], str]:
        if failures:
            raise failures.pop()
        return queries.load_items(keys)

    demo = kind_of("demo")
    register_kind(replace(demo, load_items=load))
    yield
    register_kind(demo)


async def test_no_failure_ends_its_loops(announce: Callable[[int], None], broken_loader: None) -> None:
    await sync_to_async(announce)(1)
    async with pacing():
        await until_shown(1)


@pytest.fixture
def spared() -> int:
    """The connection of the test itself, which is not ended."""
    return own_backend()


async def test_the_pacer_goes_on_after_its_connections_were_ended(
    announce: Callable[[int], None], rate: Callable[[float], None], spared: int
) -> None:
    await sync_to_async(rate)(100)
    await sync_to_async(announce)(60)
    async with pacing():
        for seen in (10, 30):
            await until_shown(seen)
            assert await sync_to_async(end_connections)(spare=spared)
        await until_shown(60)
    assert await sync_to_async(shown_positions)() == list(range(1, 61))
    await sync_to_async(check_pace)(100)
    await sync_to_async(check_conserved)()


async def test_two_of_them_show_each_row_once(announce: Callable[[int], None], rate: Callable[[float], None]) -> None:
    await sync_to_async(rate)(100)
    await sync_to_async(announce)(80)
    async with pacing(), pacing():
        await until_shown(80)
    assert await sync_to_async(shown_positions)() == list(range(1, 81))
    await sync_to_async(check_pace)(100)


async def test_the_feeds_do_not_wait_for_each_other(
    announce: Callable[[int], None], rate: Callable[[float], None]
) -> None:
    """The live feed's rows never wait behind the demo feed's slow pace."""
    await sync_to_async(rate)(0.1)
    await sync_to_async(announce)(2)
    async with pacing() as consumer:
        await until_shown(1)
        await sync_to_async(issue_rows)(1, feed="live")
        await consumer.pacer_wake(WAKE_UP)
        await until_shown(1, feed="live")
    assert (await sync_to_async(read_display)("demo")).queued_count == 1
