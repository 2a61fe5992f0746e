"""The state of one feed in a hub: its newest rows, totals and status, and its followers. No I/O in here.

`take` and `take_next` keep the order: they drop repeats, leave gaps to the next snapshot read, and place a clearing
exactly between the rows before and after it.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from streaming import wire
from streaming.framelog import FrameLog
from streaming.snapshots import PAGE, Snapshot

HELLO_ROWS = 50
MEMORY = PAGE
IDLE_STATUS_SECONDS = 1.9
BUSY_STATUS_SECONDS = 0.95
# A status that frames have overtaken is read again, but screens never wait longer for one.
OLDEST_STATUS_SECONDS = 2 * IDLE_STATUS_SECONDS


class FeedState:
    """The state of feed `name` and the frames that its followers still need."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.epoch = ""
        self.last_seq: int | None = None
        self.cleared_seq: int | None = None
        self.rows: deque[tuple[int, str]] = deque(maxlen=MEMORY)
        self.stats = self.status = ""
        self.totals_at, self.totals_taken_at = "", -math.inf
        self._is_snapshot_overtaken = False
        self.state_word = ""
        # Whether frames were sent whose content the known status may lack.
        self.is_status_overtaken = False
        self.log = FrameLog()
        self.wake = asyncio.Event()
        self.is_behind = self.are_totals_due = self.is_status_due = False
        self.read_lock = asyncio.Lock()
        self.read_count = 0
        self.read_error: BaseException | None = None
        self._status_at = -1e9

    @property
    def is_idle(self) -> bool:
        return self.state_word == "idle"

    @property
    def is_anything_due(self) -> bool:
        return self.is_behind or self.are_totals_due or self.is_status_due

    @property
    def are_only_totals_due(self) -> bool:
        """Whether only totals are due: rows arrive with notifications, and are read whenever the status is."""
        return self.are_totals_due and not (self.is_behind or self.is_status_wanted) and self.last_seq is not None

    @property
    def is_status_wanted(self) -> bool:
        """Whether a notification asked for the status, or its regular repetition is due."""
        every = IDLE_STATUS_SECONDS if self.is_idle else BUSY_STATUS_SECONDS
        return self.is_status_due or time.monotonic() - self._status_at >= every

    def hello(self, *, last_seq: int | None, epoch: str | None) -> str:
        """The hello for a new screen (`last_seq` None), or for one that resumes after `last_seq` of `epoch`."""
        rows = list(self.rows)
        missed = [row for row in rows if row[0] > last_seq] if last_seq is not None else []
        resumes = last_seq is not None and self._can_resume(last_seq, epoch, len(missed))
        return wire.hello_frame(
            feed=self.name,
            epoch=self.epoch,
            last_seq=self.last_seq or 0,
            reset=last_seq is not None and not resumes,
            rows=missed if resumes else rows[-HELLO_ROWS:],
            stats=self.stats,
            status=self.status,
        )

    def _can_resume(self, last_seq: int, epoch: str | None, missed_count: int) -> bool:
        head = self.last_seq or 0
        is_known = 0 <= last_seq <= head and epoch == self.epoch
        is_after_clearing = self.cleared_seq is None or last_seq > self.cleared_seq
        return is_known and is_after_clearing and missed_count == head - last_seq

    def take_next(self, seq: int, item: str, cleared_seq: int | None) -> bool:
        """Take a row from the pacer's notification; False when a snapshot read must come first."""
        if self.last_seq is None or cleared_seq != self.cleared_seq:
            return False
        if seq == self.last_seq + 1:
            self._show(seq, item)
        return seq <= self.last_seq

    def receive_cleared(self, last_seq: int) -> None:
        """An operator cleared the screens after `last_seq`: clear at once when no row before it is missing."""
        if self.last_seq == last_seq:
            self._clear(last_seq)
        self.is_behind = self.is_status_due = self.are_totals_due = True

    def receive_frames(self, texts: Sequence[str]) -> None:
        """Send frames of the apps above to the followers. A screen that joins later gets their content by a new status."""
        self.is_status_overtaken = True
        if not self.log.followers:
            # A screen may join during this: its first status is read after these frames.
            self.is_status_due = True
        for text in texts:
            self.log.append(text)

    def receive_totals(self, stats: dict[str, Any] | None, *, every_seconds: float) -> None:
        """Receive a notification of new totals.

        Take its totals if they are newer and the last ones are `every_seconds` old; otherwise mark the totals as due
        for a read.
        """
        is_early = time.monotonic() < self.totals_taken_at + every_seconds
        if stats is not None and not is_early and str(stats.get("as_of", "")) > self.totals_at:
            self._take_totals(stats)
            self._is_snapshot_overtaken = True
        else:
            self.are_totals_due = True

    def begin_snapshot(self) -> None:
        """Begin a snapshot read: totals in notifications from now on may be newer than the snapshot."""
        self._is_snapshot_overtaken = False

    def begin_status(self) -> None:
        """Begin to read the status: frames in notifications from now on may be newer than it."""
        self.is_status_due = self.is_status_overtaken = False

    def take_totals(self, stats: dict[str, Any]) -> None:
        """Take totals that were read, unless a notification has brought newer ones meanwhile."""
        if not self._is_snapshot_overtaken or str(stats.get("as_of", "")) >= self.totals_at:
            self._take_totals(stats)

    def take(self, snapshot: Snapshot) -> bool:
        """Take a snapshot; returns True when more must be read before the screens are up to date."""
        display = snapshot.display
        is_full_page = self.last_seq is not None and len(snapshot.rows) == PAGE
        if self.last_seq is None:
            self._begin(snapshot)
        elif self.epoch != display.epoch:
            self._forget()
            return True
        for row in snapshot.rows:
            if row.seq == (self.last_seq or 0) + 1:
                self._clear_if_due(display.cleared_seq, before=row.seq)
                self._show(row.seq, row.item)
        self._clear_if_due(display.cleared_seq, before=(self.last_seq or 0) + 1)
        self.take_totals(snapshot.stats)
        if is_full_page:
            self.is_status_due = True
        elif snapshot.status is not None:
            self._take_status(snapshot.status)
        return (self.last_seq or 0) < display.last_seq

    def restart(self) -> None:
        """Discard a state without followers: the next follower starts with the newest rows, whatever the time since."""
        self.last_seq = None
        self.is_status_due = True

    def notify_followers(self) -> None:
        """Let every follower send its pending frames. A slow follower does not delay the others."""
        self.log.pump()

    def _begin(self, snapshot: Snapshot) -> None:
        """Start from the newest rows."""
        first = snapshot.rows[0].seq if snapshot.rows else snapshot.display.last_seq + 1
        self.rows.clear()
        self.epoch = snapshot.display.epoch
        self.last_seq = first - 1
        self.cleared_seq = snapshot.display.cleared_seq

    def _forget(self) -> None:
        """Discard the state because the database is another one: its sequence numbers are not comparable, so all
        followers restart.
        """
        self.last_seq = None
        self.log.drop_all()

    def _show(self, seq: int, item: str) -> None:
        self.last_seq = seq
        self.rows.append((seq, item))
        self.log.append(wire.invoice_frame(seq, item))

    def _clear_if_due(self, cleared_seq: int | None, *, before: int) -> None:
        """Clear before row `before` when the snapshot places the clearing there; earlier clearings were done by
        notification.
        """
        is_news = cleared_seq is not None and (self.cleared_seq is None or cleared_seq > self.cleared_seq)
        if is_news and cleared_seq == before - 1:
            self._clear(before - 1)

    def _clear(self, last_seq: int) -> None:
        self.cleared_seq = last_seq
        self.rows.clear()
        self.log.append(wire.reset_frame(last_seq))

    def _take_totals(self, stats: dict[str, Any]) -> None:
        """Take the totals; unchanged ones are not sent again."""
        text = wire.encode(stats)
        self.totals_at = str(stats.get("as_of", ""))
        if text != self.stats:
            self.totals_taken_at = time.monotonic()
            self.stats = text
            self.log.set_stats(wire.stats_frame(text))

    def _take_status(self, status: dict[str, Any]) -> None:
        """Take the status of a snapshot that reached the newest rows: a status never shows a head before its rows were
        sent. One that was read before the newest frames would take back what they brought, so it is read again.
        """
        if self.is_status_overtaken and time.monotonic() - self._status_at < OLDEST_STATUS_SECONDS:
            self.is_status_due = True
            return
        self.status = wire.encode(status)
        self.log.set_status(wire.status_frame(self.status))
        self.state_word = status["state"]
        self._status_at = time.monotonic()
