"""Sends notifications on Redis after a commit. A lost notification causes a delay of a second, never a loss of data.

Messages to the hubs (group `feeds`), documented in docs/events.md:
`feed.totals` {feed, stats} - totals changed, stats are the new ones or None; `feed.status` {feed} - state changed;
`feed.shown` {feed, seq, item, cleared_seq} - a row was shown, item is its JSON text; `feed.cleared` {feed, last_seq} -
the screens were cleared; `feed.frames` {feed, frames} - JSON texts that every screen gets as they are;
`feed.rights` {feed} - the rights of some visitors changed, who must be checked again; `feed` may be another topic that
sockets watch (`Hub.watch_rights`).
"""

from __future__ import annotations

import atexit
import logging
import math
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

from django.db import DatabaseError
from redis import Redis

from runtime import redis
from runtime.loops import watch
from streaming import names
from streaming.kinds import UnknownFeed, kind_of
from streaming.layers import WAKE_UP, announcement, notification_layer, pacer_layer

logger = logging.getLogger(__name__)

# Shorter than the time between two reads of a hub, so no screen is notified later. A process that issues invoices one
# by one would otherwise spend a tenth of its time on notifications.
QUIET_SECONDS = 0.04
# If the same feed announces again within this time, one notification covers both: the sending thread competes with the
# issuing thread.
SPARE_SECONDS = 0.005


class BatchedAnnouncements:
    """Sends the notification of an announcement at once, or one for several: with a later announcement or by a thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent_at: defaultdict[str, float] = defaultdict(float)
        self._waiting: dict[str, float] = {}
        self._later: SimpleQueue[tuple[float, str]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def notify(self, feed: str) -> None:
        with self._lock:
            due_at = self._sent_at[feed] + QUIET_SECONDS
            is_early = time.monotonic() < due_at
            if is_early and feed not in self._waiting:
                self._waiting[feed] = due_at + SPARE_SECONDS
                self._later.put((self._waiting[feed], feed))
                if self._thread is None:
                    self._thread = threading.Thread(target=self._send_later, name="notifications", daemon=True)
                    self._thread.start()
        if not is_early:
            self._send_waiting(feed, _read_totals)

    def flush(self) -> None:
        """Send the pending notifications before this process ends."""
        for feed in list(self._waiting):
            self._send_waiting(feed)

    def _send_later(self) -> None:
        with watch("notifications", within_seconds=math.inf):
            while True:
                late_at, feed = self._later.get()
                time.sleep(max(0.0, late_at - time.monotonic()))
                if self._waiting.get(feed) == late_at:
                    self._send_or_log(feed)

    def _send_or_log(self, feed: str) -> None:
        """Send, and log an error instead of ending this thread, which is not restarted."""
        try:
            self._send_waiting(feed)
        except Exception:
            logger.exception("The notification that invoices of %s were announced could not be sent", feed)

    def _send_waiting(self, feed: str, read_totals: Callable[[str], dict[str, Any] | None] = lambda feed: None) -> None:
        with self._lock:
            # Removed first, so that another notification covers a commit from here on.
            self._waiting.pop(feed, None)
            self._sent_at[feed] = time.monotonic()
        _send({"type": "feed.totals", "feed": feed, "stats": read_totals(feed)}, wake_up=announcement(feed))


def _read_totals(feed: str) -> dict[str, Any] | None:
    """The totals after the commit, read on its connection, which is far cheaper than a read by the hub of each web
    process.

    None without an answer; then each hub reads the totals itself, as after every notification without totals.
    """
    try:
        return kind_of(feed).refresh_totals(feed)
    except (DatabaseError, UnknownFeed):
        return None


_announcements = BatchedAnnouncements()
atexit.register(_announcements.flush)
# After a fork, the child has neither the lock nor the thread of its parent.
os.register_at_fork(after_in_child=lambda: _announcements.__init__())  # type: ignore[misc]


def announced(feed: str) -> None:
    """Notify the hubs of changed totals and the pacer of new rows."""
    _announcements.notify(feed)


def totals_changed(feed: str) -> None:
    _send({"type": "feed.totals", "feed": feed, "stats": None})


def status_changed(feed: str) -> None:
    _send({"type": "feed.status", "feed": feed}, wake_up=WAKE_UP)


def rights_changed(topic: str) -> None:
    _send({"type": "feed.rights", "feed": topic})


def shown(feed: str, seq: int, item: str, *, cleared_seq: int | None) -> None:
    _send({"type": "feed.shown", "feed": feed, "seq": seq, "item": item, "cleared_seq": cleared_seq})


def cleared(feed: str, last_seq: int) -> None:
    _send({"type": "feed.cleared", "feed": feed, "last_seq": last_seq})


def frames(feed: str, texts: Sequence[str]) -> None:
    """Send finished frames to the screens of `feed`. A lost one costs until the next status, which has the present state."""
    _send({"type": "feed.frames", "feed": feed, "frames": list(texts)})


def _send(message: dict[str, Any], *, wake_up: dict[str, Any] | None = None) -> None:
    def send(client: Redis) -> None:
        pipeline = client.pipeline(transaction=False)
        notification_layer().publish(pipeline, names.GROUP, message)
        if wake_up:
            pacer_layer().wake(pipeline, names.PACER_CHANNEL, wake_up)
        pipeline.execute()

    redis.attempt(send)
