"""Groups the webhooks that wait into batches: while one batch is written, the next one gathers.

`add` returns after the commit of the batch, or raises `NotStored` in time to answer the shop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from integrations.webhooks.types import Incoming
from runtime.background import keep_until_done

MOST_ROWS, MOST_BYTES = 200, 4 * 1024 * 1024
# What may wait in memory. More is answered with 503 at once.
MOST_WAITING_BYTES = 64 * 1024 * 1024
ANSWER_SECONDS = 2.0

# Stores all of the batch or raises.
Write = Callable[[Sequence[Incoming]], Awaitable[None]]


class NotStored(Exception):
    """The webhook was not stored in time; the shop should send it again."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    incoming: Incoming
    stored: asyncio.Future[None]


class Batches:
    """The webhooks that wait to be written, in one event loop."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._task: asyncio.Task[None] | None = None

    async def add(self, incoming: Incoming) -> None:
        """Return once `incoming` is stored; raises `NotStored` after `ANSWER_SECONDS`, or when too much waits."""
        if self._waiting_bytes + len(incoming.body) > MOST_WAITING_BYTES:
            raise NotStored("Too many webhooks wait.")
        waiting = _Waiting(incoming, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._waiting_bytes += len(incoming.body)
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._run())
            keep_until_done(self._task)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await waiting.stored
        except TimeoutError:
            raise NotStored("PostgreSQL did not store it in time.") from None

    async def _run(self) -> None:
        """Write batches until nothing waits."""
        while batch := self._next_batch():
            await self._store(batch)

    def _next_batch(self) -> list[_Waiting]:
        """The next webhooks whose sender still waits; one that has its answer is not written any more."""
        batch: list[_Waiting] = []
        size = 0
        while self._waiting and len(batch) < MOST_ROWS and size < MOST_BYTES:
            first = self._waiting.popleft()
            self._waiting_bytes -= len(first.incoming.body)
            if not first.stored.done():
                batch.append(first)
                size += len(first.incoming.body)
        return batch

    async def _store(self, batch: Sequence[_Waiting]) -> None:
        try:
            await self._write([each.incoming for each in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, NotStored):
                await self._store_singly(batch)
                return
            _settle(batch, NotStored(str(error)))
        else:
            _settle(batch, None)

    async def _store_singly(self, batch: Sequence[_Waiting]) -> None:
        """One webhook that the database refuses must not cost the others of its batch."""
        for each in batch:
            if not each.stored.done():
                await self._store([each])


def _settle(batch: Sequence[_Waiting], error: Exception | None) -> None:
    for each in batch:
        if each.stored.done():
            continue
        if error is None:
            each.stored.set_result(None)
        else:
            each.stored.set_exception(error)
