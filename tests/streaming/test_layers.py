"""Wake-ups reach the pacer, by Redis or within a second, whatever else is in its channel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from streaming import names, notifications
from streaming.layers import MOST_WAKE_UPS, WAKE_UP, PacerLayer, announcement
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
CHANNEL_KEY = f"invoicedash:{names.PACER_CHANNEL}"


@asynccontextmanager
async def listening() -> AsyncIterator[PacerLayer]:
    """The pacer's end of its channel, past the wake-up that every start brings."""
    config: Any = settings.CHANNEL_LAYERS["pacer"]["CONFIG"]
    layer = PacerLayer(**config)
    assert await layer.receive(names.PACER_CHANNEL) == WAKE_UP
    yield layer
    # The client may take a cancellation for its own time-out and go on, so it is asked until it has ended.
    while not layer._receiving.done():
        layer._receiving.cancel()
        await asyncio.wait({layer._receiving.task}, timeout=0.2)
    async with asyncio.timeout(HANG_SECONDS):
        await layer.wait_received()
    await layer.close_pools()


def announce_rows() -> None:
    """Announce rows from a thread of the event loop, which leaves no database connection behind."""
    notifications.announced("demo")
    connection.close()


async def message(layer: PacerLayer) -> None:
    """Wait for a wake-up that came from the channel and not from the clock, and take it."""
    async with asyncio.timeout(HANG_SECONDS):
        while layer._messages.empty():
            await asyncio.sleep(0.01)
    assert await layer.receive(names.PACER_CHANNEL) in (WAKE_UP, announcement("demo"))


async def test_a_wake_up_comes_by_the_clock_without_a_message() -> None:
    async with listening() as layer, asyncio.timeout(HANG_SECONDS):
        assert await layer.receive(names.PACER_CHANNEL) == WAKE_UP


async def test_a_wake_up_comes_by_a_message() -> None:
    async with listening() as layer:
        await sync_to_async(announce_rows)()
        await message(layer)


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"\x00garbage that is no message", id="no message"),
        pytest.param(b"a" * 12 + b"\x81\xa4type\xa7unknown", id="unknown type"),
        pytest.param(b"a" * 12 + b"\x80", id="no type"),
        pytest.param(b"a" * 12 + b"\x93\x01\x02\x03", id="a list"),
    ],
)
async def test_garbage_in_the_channel_neither_ends_nor_deafens_the_pacer(redis_client: Any, garbage: bytes) -> None:
    async with listening() as layer:
        await sync_to_async(redis_client.zadd)(CHANNEL_KEY, {garbage: time.time()})
        await message(layer)
        await sync_to_async(announce_rows)()
        await message(layer)


async def test_a_channel_of_another_kind_leaves_the_pacer_its_clock_and_heals(redis_client: Any) -> None:
    await sync_to_async(redis_client.set)(CHANNEL_KEY, "no channel")
    async with listening() as layer:
        assert await layer.receive(names.PACER_CHANNEL) == WAKE_UP
        await sync_to_async(redis_client.delete)(CHANNEL_KEY)
        await sync_to_async(announce_rows)()
        await message(layer)


def test_wake_ups_without_a_receiver_stay_few_and_expire(redis_client: Any) -> None:
    for _ in range(200):
        notifications.status_changed("demo")
    assert 0 < redis_client.zcard(CHANNEL_KEY) <= MOST_WAKE_UPS
    assert redis_client.ttl(CHANNEL_KEY) > 0


async def test_an_announcement_says_of_which_feed_and_a_mixture_is_a_wake_up(redis_client: Any) -> None:
    async with listening() as layer:
        await sync_to_async(announce_rows)()
        assert await next_announcement(layer) == announcement("demo")
        layer._put(announcement("demo"))
        layer._put(announcement("live"))
        assert await layer.receive(names.PACER_CHANNEL) == WAKE_UP
        # The library's backup of a message, which a wake-up does without.
        assert not await sync_to_async(redis_client.exists)(f"{CHANNEL_KEY}$inflight")


async def next_announcement(layer: PacerLayer) -> dict[str, Any]:
    """The first message that is none of the clock's."""
    async with asyncio.timeout(30):
        while (message := await layer.receive(names.PACER_CHANNEL)) == WAKE_UP:
            pass
    return message
