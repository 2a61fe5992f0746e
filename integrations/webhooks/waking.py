"""Wakes the workers of the intake from the event loop of the web process, without waiting for Redis."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from runtime import redis
from runtime.waking import CHANNEL

WAKE_NAME = "intake"
_thread = ThreadPoolExecutor(1, thread_name_prefix="intake-wake")
_waking: Future[None] | None = None
_is_wanted = False


def wake_workers() -> None:
    """Ask for a turn of the workers. Calls while a message is sent lead to one more message."""
    global _waking, _is_wanted
    _is_wanted = True
    if _waking is None or _waking.done():
        _waking = _thread.submit(_publish)


def _publish() -> None:
    global _is_wanted
    while _is_wanted:
        _is_wanted = False
        redis.attempt(lambda client: client.publish(CHANNEL, WAKE_NAME))
