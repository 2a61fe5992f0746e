"""What goes out on Redis after a commit: hints that it is worth looking. Lost hints cost a second, never data.

Messages to the hubs (group `feeds`), documented in docs/events.md:
`feed.totals` {feed} - totals changed; `feed.status` {feed} - state changed; `feed.shown` {feed, seq, item, cleared_seq} -
a row was shown, item is its JSON text; `feed.cleared` {feed, last_seq} - the screens were cleared.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections import defaultdict
from queue import SimpleQueue
from typing import Any

from redis import Redis

from runtime import redis
from streaming import names
from streaming.layers import hint_layer, pacer_layer

# Less than what a hub leaves between two readings, so nobody hears later for it. Who issues one by one would else spend a
# tenth of its time on hints.
QUIET_SECONDS = 0.04
# Whoever announces again by then tells of both himself: a thread that sends takes turns with the one that issues.
SPARE_SECONDS = 0.005


class Gathered:
    """Tells of an announcement at once, or of several together: with the first one after a while, or else by a thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told_at: defaultdict[str, float] = defaultdict(float)
        self._waiting: dict[str, float] = {}
        self._later: SimpleQueue[tuple[float, str]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def tell(self, feed: str) -> None:
        with self._lock:
            due_at = self._told_at[feed] + QUIET_SECONDS
            is_early = time.monotonic() < due_at
            if is_early and feed not in self._waiting:
                self._waiting[feed] = due_at + SPARE_SECONDS
                self._later.put((self._waiting[feed], feed))
                if self._thread is None:
                    self._thread = threading.Thread(target=self._tell_later, name="hints", daemon=True)
                    self._thread.start()
        if not is_early:
            self._tell_now(feed)

    def flush(self) -> None:
        """Tell what waits: this process ends."""
        for feed in list(self._waiting):
            self._tell_now(feed)

    def _tell_later(self) -> None:
        while True:
            late_at, feed = self._later.get()
            time.sleep(max(0.0, late_at - time.monotonic()))
            if self._waiting.get(feed) == late_at:
                self._tell_now(feed)

    def _tell_now(self, feed: str) -> None:
        with self._lock:
            # First, so that whoever commits from here on is told of by another hint.
            self._waiting.pop(feed, None)
            self._told_at[feed] = time.monotonic()
        _send({"type": "feed.totals", "feed": feed}, wake_pacer=True)


_announcements = Gathered()
atexit.register(_announcements.flush)
# The child of a fork has neither the lock nor the thread of its parent.
os.register_at_fork(after_in_child=lambda: _announcements.__init__())  # type: ignore[misc]


def announced(feed: str) -> None:
    """Invoices were announced: the totals moved and the pacer may have something to do."""
    _announcements.tell(feed)


def totals_changed(feed: str) -> None:
    _send({"type": "feed.totals", "feed": feed})


def status_changed(feed: str) -> None:
    _send({"type": "feed.status", "feed": feed}, wake_pacer=True)


def shown(feed: str, seq: int, item: str, *, cleared_seq: int | None) -> None:
    _send({"type": "feed.shown", "feed": feed, "seq": seq, "item": item, "cleared_seq": cleared_seq})


def cleared(feed: str, last_seq: int) -> None:
    _send({"type": "feed.cleared", "feed": feed, "last_seq": last_seq})


def _send(message: dict[str, Any], *, wake_pacer: bool = False) -> None:
    def send(client: Redis) -> None:
        pipeline = client.pipeline(transaction=False)
        hint_layer().publish(pipeline, names.GROUP, message)
        if wake_pacer:
            pacer_layer().wake(pipeline, names.PACER_CHANNEL)
        pipeline.execute()

    redis.attempt(send)
