"""Clients that send pings and read nothing: each is cut, at a bounded cost, and no screen notices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing

from tests.system.chaos.bounds.trial import Trial
from tests.system.ops.pinger import MESSAGES, MOST_TAKEN, PROTOCOL_PINGS, Pinger

Send = Callable[[Pinger], None]
# As fast as they can, by the protocol's pings and by messages; and now and then, which is not a sign that they read.
KINDS: tuple[tuple[bytes, Send], ...] = (
    (PROTOCOL_PINGS, Pinger.send),
    (MESSAGES, Pinger.send),
    (MESSAGES, Pinger.send_one),
)


async def strike(trial: Trial) -> None:
    before = await asyncio.to_thread(trial.product.web_bytes)
    await are_cut(trial, [kind for kind in KINDS for _ in range(trial.sizes.pingers)])
    after = await asyncio.to_thread(trial.product.web_bytes)
    trial.history.note("pingers", "thawed", grew_megabytes=max(0, after - before) / 1e6)


async def are_cut(trial: Trial, kinds: Sequence[tuple[bytes, Send]]) -> None:
    """One client of each of `kinds` pings until it is cut."""
    with ExitStack() as opened:
        pingers = [await asyncio.to_thread(Pinger, trial.stack.port, ping) for ping, _ in kinds]
        for pinger in pingers:
            opened.enter_context(closing(pinger))

        async def are_all_cut() -> bool:
            for pinger, (_, send) in zip(pingers, kinds, strict=True):
                send(pinger)
            return all(pinger.is_cut for pinger in pingers)

        await trial.recovers(are_all_cut, "unread pings: to the cut")
        most = max(pinger.sent for pinger in pingers)
        trial.expect(most <= MOST_TAKEN, f"{most} bytes were taken from a client that does not read")
