"""Records when PostgreSQL first showed each change of the totals and each shown row to a separate connection."""

from __future__ import annotations

import threading
import time

from bench.product import connect
from tests.stack import Stack

EVERY_SECONDS = 0.005
_NEWEST = """
SELECT extract(epoch FROM changed_at)::float FROM invoices_totals
UNION ALL (SELECT extract(epoch FROM shown_at)::float FROM streaming_shown WHERE feed_id = 'demo' ORDER BY seq DESC LIMIT 1)
"""


class Commits:
    """Polls PostgreSQL continuously, as a context manager; each time is correct to a few milliseconds, on the late
    side.
    """

    def __init__(self, stack: Stack) -> None:
        self._connection = connect(stack)
        self._visible_at: dict[float, float] = {}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def __enter__(self) -> Commits:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join(5)
        self._connection.close()

    @property
    def pid(self) -> int:
        """The PostgreSQL process that serves this connection."""
        return self._connection.info.backend_pid

    def delay(self, moment: float) -> float | None:
        """Milliseconds from a recorded time (`as_of`, `shown_at`) until it was visible; None when it was not polled
        then.
        """
        visible_at = self._visible_at.get(_key(moment))
        return None if visible_at is None else 1000 * (visible_at - moment)

    def _watch(self) -> None:
        while not self._is_over.wait(EVERY_SECONDS):
            rows = self._connection.execute(_NEWEST, prepare=True).fetchall()
            at = time.time()
            for (moment,) in rows:
                self._visible_at.setdefault(_key(moment), at)


def _key(moment: float) -> float:
    """PostgreSQL's clock has microseconds."""
    return round(moment, 6)
