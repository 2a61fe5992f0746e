"""The guard of a WebSocket closes it as soon as its user is no longer a member."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import SyncToAsync, sync_to_async
from django.db import connections

from dashboard import consumers, sockets
from dashboard.consumers import DashboardConsumer
from dashboard.sockets import RIGHTS_LOST
from stores.members.models import Membership
from streaming import feed as feeds
from tests.stores.conftest import Two
from tests.stores.test_tenancy import FEED, cookie
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 2


class Guarded(DashboardConsumer):
    """An open WebSocket of a person on the feed, without a server: its frames are kept."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__()
        self.headers, self.feed, self.sent = headers, FEED, list[Any]()
        self.are_rights_changed = asyncio.Event()
        self.connection = feeds.Connection(send=self.send_text, drop=self._drop)

    async def base_send(self, message: Any) -> None:
        self.sent.append(message)


def close_connections(all_threads: threading.Barrier) -> None:
    connections.close_all()
    all_threads.wait(HANG_SECONDS)


async def test_a_change_of_members_closes_the_socket_without_waiting_for_the_next_check(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "RIGHTS_SECONDS", 100 * HANG_SECONDS)
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
        both = threading.Barrier(THREADS)
        await asyncio.gather(*(sockets._rights.run(close_connections, both) for _ in range(THREADS)))
        SyncToAsync.single_thread_executor.submit(connections.close_all).result()
