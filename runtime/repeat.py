"""A watched thread that repeats one action: an error affects one turn and never ends the thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from runtime.loops import watch

logger = logging.getLogger(__name__)


def repeat(name: str, turn: Callable[[], None], *, every_seconds: float, within_seconds: float) -> None:
    """Call `turn` in a separate thread, `every_seconds` apart, until the process ends.

    An error is logged once until a turn succeeds again. A turn may last up to `within_seconds` (see `loops.watch`).
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
                    logger.exception("A turn of the loop %s failed; the loop continues", name)
                is_failing = True
            loop.progress()
            time.sleep(every_seconds)
