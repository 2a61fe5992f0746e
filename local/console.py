"""The terminal output of `make run`: lines with the process name in front, printed by a thread that may block.

A terminal that is stopped, slow or closed never blocks the supervisor: above a limit, lines are dropped.
"""

from __future__ import annotations

import itertools
import os
import queue
import sys
import threading
from typing import TextIO

MOST_WAITING = 5000
FLUSH_SECONDS = 1.0
NAME_WIDTH = 9
COLOURS = ("36", "33", "35", "32", "34", "96", "93", "95")
OWN_NAME = "run"


class Console:
    """Prints lines in order without blocking the caller."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._waiting: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self._colours = itertools.cycle(COLOURS)
        self._colour_of: dict[str, str] = {OWN_NAME: "1"}
        self._is_coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self._thread = threading.Thread(target=self._print, name="console", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """Print a line of the supervisor itself."""
        self.line(OWN_NAME, text)

    def line(self, name: str, text: str) -> None:
        """Print one line of the process `name`; dropped when thousands of lines are waiting."""
        label = f"{name:<{NAME_WIDTH}}|"
        if self._is_coloured:
            colour = self._colour_of.setdefault(name, next(self._colours))
            label = f"\033[{colour}m{label}\033[0m"
        self._put(f"{label} {text}\n")

    def plain(self, text: str) -> None:
        """Print lines without a name in front."""
        self._put(f"{text}\n")

    def close(self) -> None:
        """Print the waiting lines, for a short time at most."""
        self._put(None)
        self._thread.join(FLUSH_SECONDS)

    def _put(self, text: str | None) -> None:
        try:
            self._waiting.put_nowait(text)
        except queue.Full:
            return

    def _print(self) -> None:
        while (text := self._waiting.get()) is not None:
            try:
                self._write(text)
            except (OSError, ValueError):
                # The terminal was closed or its disk is full. This line is lost; the next one may succeed.
                continue

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(text.encode(encoding, errors="replace").decode(encoding))
        if self._waiting.empty():
            self._stream.flush()
