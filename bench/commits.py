"""When PostgreSQL first showed each change of the totals, as a connection beside the product sees it."""

from __future__ import annotations

import threading
import time

from bench.product import connect
from tests.stack import Stack

EVERY_SECONDS = 0.005
_CHANGED = "SELECT extract(epoch FROM changed_at)::float FROM invoices_totals"


class Commits:
    """Use it as a context manager. It asks all the while, so a moment is known to some milliseconds, on the late side."""

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

    def delay(self, as_of: float) -> float | None:
        """Milliseconds from a change's moment, `as_of`, until it could be seen; None when no question fell on it."""
        visible_at = self._visible_at.get(_key(as_of))
        return None if visible_at is None else 1000 * (visible_at - as_of)

    def _watch(self) -> None:
        while not self._is_over.wait(EVERY_SECONDS):
            rows = self._connection.execute(_CHANGED, prepare=True).fetchall()
            at = time.time()
            for (changed_at,) in rows:
                self._visible_at.setdefault(_key(changed_at), at)


def _key(moment: float) -> float:
    """PostgreSQL's clock has microseconds."""
    return round(moment, 6)
