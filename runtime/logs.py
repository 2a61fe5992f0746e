"""Log filters: an outage produces one line at its start instead of one per request."""

from __future__ import annotations

import logging
import time
import traceback

REPEAT_SECONDS = 10.0
# The source of a record (file, line, level) and the exception (kind, file, line), if any.
Place = tuple[str, int, int, tuple[str, str, int] | None]


class SuppressRepeats(logging.Filter):
    """Lets a warning or error from one place pass once in `REPEAT_SECONDS`, with the number of suppressed records.

    Django logs every failed answer from one line of its code: the level and the exception distinguish them.
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


class RefusalsWithoutTraceback(logging.Filter):
    """Removes the traceback from refused requests (4xx): its last line would quote the content of the request."""

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
