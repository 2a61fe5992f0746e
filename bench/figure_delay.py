"""How long issued documents take into the figures, with the process `loops` at work."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator

from runtime.environment import BASE_DIR
from tests.waiting import HANG_SECONDS, wait_for

BATCH_SECONDS = 0.1
LOOK_SECONDS = 0.005
_FOLDED = """
SELECT w.folded_to FROM facts_watermark w JOIN facts_generation g ON g.number = w.generation AND g.is_current
WHERE w."group" = 'live' AND w.series_id = %s
"""


class Watch:
    """Looks all the time how far the live figures of a series are."""

    def __init__(self, series: int) -> None:
        self._series = series
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        # Moments, and up to which ordinal documents were in the figures then.
        self._seen: list[tuple[float, int]] = []

    @property
    def folded_to(self) -> int:
        return self._seen[-1][1] if self._seen else 0

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def moment_of(self, ordinal: int) -> float:
        """The first moment at which the document of that ordinal was in the figures."""
        return self._seen[bisect_left(self._seen, ordinal, key=lambda each: each[1])][0]

    def _run(self) -> None:
        from django.db import connection

        while not self._stopped.wait(LOOK_SECONDS):
            with connection.cursor() as cursor:
                cursor.execute(_FOLDED, [self._series])
                found = cursor.fetchone()
            self._seen.append((time.monotonic(), found[0] if found else 0))
        connection.close()


@contextlib.contextmanager
def loops_at_work() -> Iterator[None]:
    """The process `loops`, until the end of the block."""
    environment = os.environ | {"INVOICEDASH_PROCESS": "loops"}
    process = subprocess.Popen([sys.executable, "-m", "invoicedash.loops"], cwd=BASE_DIR, env=environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(HANG_SECONDS)


def measure(issue: Callable[[int], object], series: int, *, rate: int, seconds: float) -> list[float]:
    """The seconds from each commit to the figures, `rate` documents a second in batches; one value per batch."""
    from invoices.models import Series

    size = round(rate * BATCH_SECONDS)
    with loops_at_work():
        watch = Watch(series)
        try:
            issue(1)
            last = Series.objects.get(pk=series).last_ordinal
            wait_for(lambda: watch.folded_to == last, "the process loops to fold")
            commits = list(_issue(issue, size, last, seconds))
            wait_for(lambda: watch.folded_to == commits[-1][1], "the last document in the figures")
        finally:
            watch.stop()
    return [watch.moment_of(ordinal) - at for at, ordinal in commits]


def _issue(issue: Callable[[int], object], size: int, last: int, seconds: float) -> Iterator[tuple[float, int]]:
    """The moment of each commit, and the last ordinal of its batch."""
    began = time.monotonic()
    for number in range(round(seconds / BATCH_SECONDS)):
        # A late batch is followed by the next at once: the rate holds.
        time.sleep(max(0.0, began + number * BATCH_SECONDS - time.monotonic()))
        issue(size)
        last += size
        yield time.monotonic(), last
