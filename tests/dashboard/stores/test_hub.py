"""The hub of the overview on a real PostgreSQL: hello, changes, and nothing of other accounts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import SyncToAsync, sync_to_async
from django.db import connection, connections

from dashboard.stores.hub import Follower, StoresHub
from stores.models import Account, Store
from stores.opening import Wanted, open_store
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def closed_connections() -> Iterator[None]:
    """Close the connections of the thread in which tests that await call the database."""
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


class Screen:
    """A socket that keeps the frames."""

    def __init__(self, *accounts: Account) -> None:
        self.frames: list[dict[str, Any]] = []
        self.follower = Follower([account.pk for account in accounts], self.send)

    async def send(self, text: str) -> None:
        self.frames.append(json.loads(text))

    def names(self, at: int) -> list[str]:
        return sorted(item["slug"] for item in self.frames[at]["items"])

    def changes(self) -> list[dict[str, Any]]:
        return [item for frame in self.frames[1:] for item in frame["items"]]


@asynccontextmanager
async def running() -> AsyncIterator[StoresHub]:
    hub = StoresHub()
    try:
        yield hub
    finally:
        for follower in list(hub._followers):
            hub.leave(follower)
        if hub._loop is not None:
            hub._loop.cancel()
            await asyncio.gather(hub._loop.task, return_exceptions=True)
        await hub._threads.run(lambda: connection.close())
        hub._threads._pool.shutdown()


async def until(condition: Any) -> None:
    async with asyncio.timeout(HANG_SECONDS):
        while not condition():
            await asyncio.sleep(0.005)


def make_two() -> tuple[Account, Account]:
    found = []
    for name in ("Nord", "Foreign"):
        account = Account.objects.create(slug=name.lower(), name=name)
        open_store(account, Wanted(name=f"{name} Shop", currency="EUR"))
        found.append(account)
    return found[0], found[1]


def rename(slug: str, name: str) -> None:
    Store.objects.filter(slug=slug).update(name=name)


async def test_the_hello_has_the_stores_of_the_account_alone() -> None:
    nord, foreign = await sync_to_async(make_two)()
    async with running() as hub:
        mine, theirs = Screen(nord), Screen(foreign)
        await hub.join(mine.follower)
        await hub.join(theirs.follower)
        await until(lambda: mine.frames and theirs.frames)
        assert (mine.frames[0]["type"], mine.names(0)) == ("hello", ["nord-shop"])
        assert theirs.names(0) == ["foreign-shop"]


async def test_a_change_goes_to_the_screens_of_its_account_alone() -> None:
    nord, foreign = await sync_to_async(make_two)()
    async with running() as hub:
        mine, theirs = Screen(nord), Screen(foreign)
        await hub.join(mine.follower)
        await hub.join(theirs.follower)
        await sync_to_async(rename)("nord-shop", "New Name")
        await until(mine.changes)
        assert [(item["slug"], item["name"]) for item in mine.changes()] == [("nord-shop", "New Name")]
        await sync_to_async(rename)("foreign-shop", "Other Name")
        await until(theirs.changes)
        assert [item["name"] for item in theirs.changes()] == ["Other Name"]
        assert len(mine.changes()) == 1


async def test_an_erased_store_is_reported_as_gone() -> None:
    nord, _ = await sync_to_async(make_two)()
    async with running() as hub:
        screen = Screen(nord)
        await hub.join(screen.follower)
        await sync_to_async(Store.objects.filter(slug="nord-shop").update)(status="erased")
        await until(screen.changes)
        assert screen.changes() == [{"slug": "nord-shop", "status": "erased"}]


async def test_a_screen_without_changes_gets_a_heartbeat() -> None:
    nord, _ = await sync_to_async(make_two)()
    async with running() as hub:
        screen = Screen(nord)
        await hub.join(screen.follower)
        await until(lambda: len(screen.frames) > 2)
        assert [frame["items"] for frame in screen.frames[1:]] == [[]] * (len(screen.frames) - 1)
        assert all(frame["type"] == "stores" and frame["as_of"] for frame in screen.frames[1:])


async def test_very_many_stores_come_in_several_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.stores.hub.MOST_CARDS", 1)
    nord, foreign = await sync_to_async(make_two)()
    async with running() as hub:
        screen = Screen(nord, foreign)
        await hub.join(screen.follower)
        await until(lambda: len(screen.frames) >= 2)
        assert [frame["type"] for frame in screen.frames[:2]] == ["hello", "stores"]
        assert sorted(screen.names(0) + screen.names(1)) == ["foreign-shop", "nord-shop"]
