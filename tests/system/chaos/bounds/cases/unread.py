"""Clients that send pings and read nothing: each is cut, at a bounded cost, and no screen notices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, closing

from tests.system.chaos.bounds.trial import Trial
from tests.system.ops.pinger import MESSAGES, MOST_TAKEN, PROTOCOL_PINGS, Pinger


async def strike(trial: Trial) -> None:
    for ping in (PROTOCOL_PINGS, MESSAGES):
        before = await asyncio.to_thread(trial.product.web_bytes)
        await _are_cut(trial, ping, trial.sizes.pingers, Pinger.send)
        after = await asyncio.to_thread(trial.product.web_bytes)
        trial.history.note("pingers", "thawed", grew_megabytes=max(0, after - before) / 1e6)
    await are_cut_soon(trial, trial.sizes.pingers)


async def are_cut_soon(trial: Trial, count: int) -> None:
    """Clients that ping now and then are cut as well: what they send is not a sign that they read."""
    await _are_cut(trial, MESSAGES, count, Pinger.send_one)


async def _are_cut(trial: Trial, ping: bytes, count: int, send: Callable[[Pinger], None]) -> None:
    with ExitStack() as opened:
        pingers = [
            opened.enter_context(closing(await asyncio.to_thread(Pinger, trial.stack.port, ping))) for _ in range(count)
        ]

        async def are_all_cut() -> bool:
            for pinger in pingers:
                send(pinger)
            return all(pinger.is_cut for pinger in pingers)

        await trial.recovers(are_all_cut, "unread pings: to the cut")
        most = max(pinger.sent for pinger in pingers)
        trial.expect(most <= MOST_TAKEN, f"{most} bytes were taken from a client that does not read")
