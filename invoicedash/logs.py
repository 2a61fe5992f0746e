"""Log records as people and machines want them: an outage is one line at its start, not a storm."""

from __future__ import annotations

import logging
import time

REPEAT_SECONDS = 10.0


class DampRepeats(logging.Filter):
    """Lets a warning or error of one place pass once in `REPEAT_SECONDS`, and says how many were held back."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, int], float] = {}
        self._held: dict[tuple[str, int], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        place = (record.pathname, record.lineno)
        now = time.monotonic()
        if now - self._last.get(place, -REPEAT_SECONDS) < REPEAT_SECONDS:
            self._held[place] = self._held.get(place, 0) + 1
            return False
        self._last[place] = now
        held = self._held.pop(place, 0)
        if held:
            record.msg = f"{record.msg} ({held} more like this)"
        return True
