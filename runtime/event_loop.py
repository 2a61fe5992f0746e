"""Watches the event loop itself: a process whose event loop stops ends and is started again."""

from __future__ import annotations

import asyncio

from runtime.loops import Loop, watch

TURN_SECONDS = 1.0
WITHIN_SECONDS = 20.0


def watch_event_loop() -> None:
    """Report each turn of the running event loop until the process ends."""
    _turn(watch("event-loop", within_seconds=WITHIN_SECONDS))


def _turn(loop: Loop) -> None:
    loop.progress()
    asyncio.get_running_loop().call_later(TURN_SECONDS, _turn, loop)
