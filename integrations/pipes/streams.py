"""Answers a stream of records chunk by chunk: each line says what is committed, and where to send on from.

A chunk is stored first, and taken by the loop that takes all batches; the answer waits for it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from asgiref.sync import sync_to_async

from integrations.pipes import queries
from integrations.pipes.chunks import LineTooLong
from integrations.pipes.pushing import BacklogFull, Push, StoreErased, StreamMoved, fingerprint_of, push_chunk
from runtime.connection import close_connection
from stores.queries import StoreFacts

T = TypeVar("T")
# Between two looks at a chunk that is being taken.
LOOK_SECONDS, MOST_LOOK_SECONDS = 0.02, 0.5
# Until the answer says that the chunk is safe and waits.
WAIT_SECONDS = 60.0
WAITS = "The chunk is stored and waits: the process loops has not taken it yet."


async def answer_chunks(
    store: StoreFacts, source: str, data_type: str, chunks: Iterator[list[str]], position: int | None
) -> AsyncIterator[bytes]:
    """A line of JSON for each chunk: `committed`, `held`, `position`. A line with `error` ends the answer."""
    while True:
        try:
            lines = await sync_to_async(lambda: next(chunks, None), thread_sensitive=False)()
            if lines is None:
                return
            given = Push(source=source, data_type=data_type, lines=lines, fingerprint=_fingerprint(lines))
            batch, position = await _in_thread(partial(push_chunk, store, given, position))
        except (BacklogFull, LineTooLong, StoreErased, StreamMoved) as error:
            yield _line({"error": str(error), "position": position})
            return
        held = await _wait(batch.pk)
        if held is None:
            yield _line({"error": WAITS, "position": position})
            return
        yield _line({"committed": len(lines), "held": held, "position": position})


async def _wait(batch_id: int) -> int | None:
    """How many records of the batch are held, once all are taken; None after `WAIT_SECONDS`."""
    pause, until = LOOK_SECONDS, asyncio.get_running_loop().time() + WAIT_SECONDS
    while asyncio.get_running_loop().time() < until:
        is_settled, held = await _in_thread(partial(queries.is_settled, batch_id))
        if is_settled:
            return held
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, MOST_LOOK_SECONDS)
    return None


async def _in_thread(work: Callable[[], T]) -> T:
    """Work with the database in a thread, which gives its connection back."""

    def do() -> T:
        try:
            return work()
        finally:
            close_connection()

    result: T = await sync_to_async(do, thread_sensitive=False)()
    return result


def _fingerprint(lines: list[str]) -> bytes:
    return fingerprint_of("\n".join(lines).encode("utf-8", "surrogatepass"))


def _line(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode() + b"\n"
