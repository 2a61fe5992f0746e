"""More sockets than descriptors: the soft limit is raised, and at the hard one sockets are refused and HTTP is not."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from runtime.descriptors import RESERVE
from tests.system.chaos.bounds.trial import Trial
from tests.system.chaos.screens import OPTIONS
from tests.system.ops.handshakes import TRY_AGAIN
from tests.system.ops.web import WebProcess
from tests.waiting import HANG_SECONDS

AT_ONCE = 50
# Nothing is issued there: what its screens get are their greeting and the status.
FEED = "live"
LIVE, NO_CODE = 0, 1006
MOST_ATTEMPTS, PAUSE_SECONDS = 20, 0.5


async def strike(trial: Trial) -> None:
    await _are_all_let_in(trial)
    await _are_refused_at_the_hard_limit(trial)


async def _are_all_let_in(trial: Trial) -> None:
    async with _open(trial.stack.port, trial.sizes.sockets, is_patient=True) as sockets:
        outcomes = Counter(socket.code for socket in sockets)
        trial.expect(set(outcomes) == {LIVE}, f"sockets beyond the soft limit ended: {dict(outcomes)}")
        greeted = [socket.frames for socket in sockets]

        async def have_more() -> bool:
            return all(socket.frames > old for socket, old in zip(sockets, greeted, strict=True))

        await trial.until(have_more, "every socket gets frames after its greeting")
        trial.expect(await trial.health.is_ready(), "not ready with many sockets open")


async def _are_refused_at_the_hard_limit(trial: Trial) -> None:
    """By a web process of its own: the product's limit is the machine's."""
    limit = trial.sizes.descriptors
    web = WebProcess(trial.stack, descriptors=limit)
    await asyncio.to_thread(web.__enter__)
    try:
        async with _open(web.port, trial.sizes.sockets) as sockets:
            outcomes = Counter(socket.code for socket in sockets)
            trial.history.note("crowd", "refused", outcomes=dict(outcomes))
            trial.expect(set(outcomes) == {LIVE, TRY_AGAIN}, f"at the hard limit sockets ended: {dict(outcomes)}")
            most = limit - min(RESERVE, limit // 4)
            trial.expect(outcomes[LIVE] <= most, f"{outcomes[LIVE]} sockets were let in with {limit} descriptors")
            await trial.until(lambda: _is_low(web), "descriptors-low is shown")
            await trial.until(lambda: _answers(web), "pages are answered at the hard limit")
        await trial.recovers(lambda: _lets_in(web.port), "descriptors: to the next socket let in")
        await trial.until(lambda: _is_over(web), "descriptors-low has ended")
    finally:
        await asyncio.to_thread(web.__exit__)


async def _is_low(web: WebProcess) -> bool:
    """Whether the condition is shown while more sockets come: at rest there may be room for some."""
    async with _open(web.port, AT_ONCE):
        return "descriptors-low" in await _conditions(web)


async def _is_over(web: WebProcess) -> bool:
    return "descriptors-low" not in await _conditions(web)


async def _answers(web: WebProcess) -> bool:
    async with _client(web) as client:
        return (await client.get("/api/stats")).status_code == 200


async def _conditions(web: WebProcess) -> set[str]:
    async with _client(web) as client:
        return {each["name"] for each in (await client.get("/readyz")).json()["conditions"]}


def _client(web: WebProcess) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{web.port}", timeout=HANG_SECONDS, trust_env=False)


async def _lets_in(port: int) -> bool:
    async with _open(port, 1) as [socket]:
        return socket.code == LIVE


class Socket:
    """A dashboard that reads and counts what it is sent; `code` is what it was closed with.

    One that `is_patient` tries again when it is asked to, as a page does: a busy PostgreSQL may be late with the greeting.
    """

    def __init__(self, port: int, *, is_patient: bool = False) -> None:
        self.frames = 0
        self.code = LIVE
        self._attempts = MOST_ATTEMPTS if is_patient else 1
        self._address = f"ws://127.0.0.1:{port}/ws/dashboard/?feed={FEED}"
        self._greeted = asyncio.Event()

    async def follow(self) -> None:
        for _ in range(self._attempts):
            await self._follow_once()
            if self.code != TRY_AGAIN:
                break
            await asyncio.sleep(PAUSE_SECONDS)
        self._greeted.set()

    async def _follow_once(self) -> None:
        self.code = LIVE
        try:
            async with connect(self._address, open_timeout=HANG_SECONDS, close_timeout=1, **OPTIONS) as opened:
                async for _ in opened:
                    self.frames += 1
                    self._greeted.set()
                self.code = opened.close_code or NO_CODE
        except ConnectionClosed as error:
            self.code = error.rcvd.code if error.rcvd else NO_CODE
        except (OSError, WebSocketException):
            self.code = NO_CODE

    async def wait(self) -> None:
        """Until it was greeted or refused."""
        await self._greeted.wait()


@asynccontextmanager
async def _open(port: int, count: int, *, is_patient: bool = False) -> AsyncIterator[Sequence[Socket]]:
    """Open `count` sockets, a few at a time, that read until the end."""
    sockets = [Socket(port, is_patient=is_patient) for _ in range(count)]
    tasks: list[asyncio.Task[None]] = []
    try:
        for first in range(0, count, AT_ONCE):
            some = sockets[first : first + AT_ONCE]
            tasks += [asyncio.create_task(socket.follow()) for socket in some]
            await asyncio.gather(*(socket.wait() for socket in some))
        yield sockets
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
