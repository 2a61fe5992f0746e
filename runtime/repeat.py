"""A watched thread that does one thing again and again: an error costs one turn, never the thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from runtime.loops import watch

logger = logging.getLogger(__name__)


def repeat(name: str, turn: Callable[[], None], *, every_seconds: float, within_seconds: float) -> None:
    """Call `turn` in a thread of its own, with `every_seconds` between two calls, until the process ends.

    Its errors are logged once until a turn succeeds again. A turn may take up to `within_seconds` (see `loops.watch`).
    """
    thread = threading.Thread(target=_run, args=[name, turn, every_seconds, within_seconds], name=name, daemon=True)
    thread.start()


def _run(name: str, turn: Callable[[], None], every_seconds: float, within_seconds: float) -> None:
    is_failing = False
    with watch(name, within_seconds=within_seconds) as loop:
        while True:
            try:
                turn()
                is_failing = False
            except Exception:
                if not is_failing:
                    logger.exception("A turn of the loop %s failed; it goes on", name)
                is_failing = True
            loop.progress()
            time.sleep(every_seconds)
