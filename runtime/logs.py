"""Log records as people and machines want them: an outage is one line at its start, not a storm."""

from __future__ import annotations

import logging
import time
import traceback

REPEAT_SECONDS = 10.0
# What speaks (file, line, level), and what failed (kind, file, line), if anything did.
Place = tuple[str, int, int, tuple[str, str, int] | None]


class DampRepeats(logging.Filter):
    """Lets a warning or error of one place pass once in `REPEAT_SECONDS`, and says how many were held back.

    Django reports every answer from one line: its level and the failure behind it tell those apart.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[Place, float] = {}
        self._held: dict[Place, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        place = _place_of(record)
        now = time.monotonic()
        if now - self._last.get(place, -REPEAT_SECONDS) < REPEAT_SECONDS:
            self._held[place] = self._held.get(place, 0) + 1
            return False
        self._last[place] = now
        held = self._held.pop(place, 0)
        if held:
            record.msg = f"{record.msg} ({held} more like this)"
        return True


class RefusalsInALine(logging.Filter):
    """A request that was refused (4xx) is no failure of ours: no traceback, whose last line quotes what was asked."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", None)
        if isinstance(status, int) and 400 <= status < 500:
            record.exc_info = record.exc_text = None
        return True


def _place_of(record: logging.LogRecord) -> Place:
    error = record.exc_info[1] if record.exc_info else None
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    failure = (type(error).__name__, frames[-1].filename, frames[-1].lineno or 0) if frames else None
    return record.pathname, record.lineno, record.levelno, failure
