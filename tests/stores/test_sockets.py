"""The guards of WebSockets close them as soon as their user is no longer a member."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import SyncToAsync, sync_to_async
from django.db import connections

from dashboard import sockets
from dashboard.consumers import DashboardConsumer
from dashboard.sockets import RIGHTS_LOST
from dashboard.stores.consumer import StoresConsumer
from dashboard.stores.hub import stores_hub
from runtime import redis
from stores.members.callers import Caller, roles_of
from stores.members.members import remove_member
from stores.members.models import Membership
from streaming import feed as feeds
from streaming import names
from streaming.layers import notification_layer
from tests.stores.conftest import Two
from tests.stores.test_tenancy import FEED, cookie
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 2
CHANNEL = f"invoicedash__group__{names.GROUP}"


class Guarded(DashboardConsumer):
    """An open WebSocket of a person on the feed, without a server: its frames are kept."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__()
        self.headers, self.feed, self.sent = headers, FEED, list[Any]()
        self.are_rights_changed = asyncio.Event()
        self.connection = feeds.Connection(send=self.send_text, drop=self._drop)

    async def base_send(self, message: Any) -> None:
        self.sent.append(message)


class GuardedOverview(StoresConsumer):
    """An open WebSocket of a person on the overview, without a server: its frames are kept."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__()
        self.headers, self.sent = headers, list[Any]()

    async def base_send(self, message: Any) -> None:
        self.sent.append(message)


@asynccontextmanager
async def hubs() -> AsyncIterator[None]:
    """The hubs of this event loop; afterwards their loops are ended and the connections of their threads closed."""
    try:
        yield
    finally:
        loops = [each for each in (feeds.hub()._listener, stores_hub()._loop) if each is not None]
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*(loop.task for loop in loops), return_exceptions=True)
        await notification_layer().flush()
        await stores_hub()._threads.run(connections.close_all)
        await close_rights_connections()


async def close_rights_connections() -> None:
    both = threading.Barrier(THREADS)
    await asyncio.gather(*(sockets._rights.run(close_connections, both) for _ in range(THREADS)))
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


def close_connections(all_threads: threading.Barrier) -> None:
    connections.close_all()
    all_threads.wait(HANG_SECONDS)


async def test_a_change_of_members_closes_the_socket_without_waiting_for_the_next_check(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "RIGHTS_SECONDS", 100 * HANG_SECONDS)
    guarded = {name: Guarded(cookie(two.clients[name])) for name in ("viewer", "mate")}
    guards = {name: asyncio.create_task(each._guard_rights()) for name, each in guarded.items()}
    try:
        await sync_to_async(Membership.objects.filter(user__username="the viewer").delete)()
        for each in guarded.values():
            each.are_rights_changed.set()
        async with asyncio.timeout(HANG_SECONDS):
            await guards["viewer"]
        assert [message.get("code") for message in guarded["viewer"].sent] == [RIGHTS_LOST]
        assert (guards["mate"].done(), guarded["mate"].sent) == (False, [])
    finally:
        guards["mate"].cancel()
        await close_rights_connections()


def remove(two: Two, name: str) -> None:
    member, owner = (Membership.objects.get(user__username=f"the {each}") for each in (name, "owner"))
    remove_member(Caller(owner.user, roles_of(owner.user)), two.account, member.pk)


async def test_removing_a_member_closes_the_overview_without_waiting_for_the_next_check(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "RIGHTS_SECONDS", 100 * HANG_SECONDS)
    opened = {name: GuardedOverview(cookie(two.clients[name])) for name in ("viewer", "mate")}
    async with hubs():
        for each in opened.values():
            await each._join(frozenset({two.account.pk}))
        async with asyncio.timeout(HANG_SECONDS):
            while not redis.client().pubsub_numsub(CHANNEL)[0][1]:
                await asyncio.sleep(0.005)
            await sync_to_async(remove)(two, "viewer")
            assert opened["viewer"].guard is not None
            await opened["viewer"].guard
        assert opened["viewer"].sent[-1].get("code") == RIGHTS_LOST
        assert all(message["type"] == "websocket.send" for message in opened["mate"].sent)
        opened["mate"].leave()
