"""The frames of one feed that its followers are owed: a log of the newest in order, and the newest totals and status.

A follower keeps only its place in the log, so a slow one costs no memory; one that falls out of the log is dropped.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

LOG_FRAMES = 1024


class Follower(Protocol):
    """A connection that follows the log."""

    def pump(self) -> None:
        """Send what is owed."""

    def drop(self) -> None:
        """Stop following, for what is owed is no longer in the log."""


class FrameLog:
    """Frames are numbered from 0; the log holds those from `end - len(frames)` on."""

    def __init__(self) -> None:
        self.frames: deque[str] = deque(maxlen=LOG_FRAMES)
        self.end = 0
        self.stats_frame = self.status_frame = ""
        self.stats_version = self.status_version = 0
        self.followers: set[Follower] = set()

    def append(self, frame: str) -> None:
        """Add a frame that every follower is owed."""
        self.frames.append(frame)
        self.end += 1

    def holds(self, number: int) -> bool:
        """Whether the frame of that number is still in the log."""
        return number >= self.end - len(self.frames)

    def frame(self, number: int) -> str:
        return self.frames[number - self.end]

    def set_stats(self, frame: str) -> None:
        """Replace the totals; followers are owed the newest only."""
        self.stats_frame = frame
        self.stats_version += 1

    def set_status(self, frame: str) -> None:
        """Replace the status; followers are owed the newest only."""
        self.status_frame = frame
        self.status_version += 1

    def pump(self) -> None:
        """Let every follower send what it is owed. A slow one does not delay the others."""
        for follower in list(self.followers):
            follower.pump()

    def drop_all(self) -> None:
        """Drop every follower: they connect again and begin with a hello."""
        for follower in list(self.followers):
            follower.drop()
