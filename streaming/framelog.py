"""The frames of one feed for its followers: an ordered log of the newest frames, and the newest totals and status.

A follower stores only its position in the log, so a slow one uses no memory; one whose position leaves the log is
dropped.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

LOG_FRAMES = 1024


class Follower(Protocol):
    """A connection that follows the log."""

    def pump(self) -> None:
        """Send the pending frames."""

    def drop(self) -> None:
        """Stop following, because the pending frames are no longer in the log."""


class FrameLog:
    """The frames are numbered from 0; the log holds those from `end - len(frames)` on."""

    def __init__(self) -> None:
        self.frames: deque[str] = deque(maxlen=LOG_FRAMES)
        self.end = 0
        self.stats_frame = self.status_frame = ""
        self.stats_version = self.status_version = 0
        self.followers: set[Follower] = set()

    def append(self, frame: str) -> None:
        """Add a frame for every follower."""
        self.frames.append(frame)
        self.end += 1

    def holds(self, number: int) -> bool:
        """Whether the frame with that number is still in the log."""
        return number >= self.end - len(self.frames)

    def frame(self, number: int) -> str:
        return self.frames[number - self.end]

    def set_stats(self, frame: str) -> None:
        """Replace the totals; followers get only the newest."""
        self.stats_frame = frame
        self.stats_version += 1

    def set_status(self, frame: str) -> None:
        """Replace the status; followers get only the newest."""
        self.status_frame = frame
        self.status_version += 1

    def pump(self) -> None:
        """Let every follower send its pending frames. A slow one does not delay the others."""
        for follower in list(self.followers):
            follower.pump()

    def drop_all(self) -> None:
        """Drop every follower: they connect again and begin with a hello."""
        for follower in list(self.followers):
            follower.drop()
