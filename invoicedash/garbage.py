"""Keeps Python's garbage collector from stopping the web process for long.

A full collection looks at every object that lives: with a thousand dashboards open that is more than 100 ms in which no
frame goes out, once or twice a minute. What has survived one is set aside here, so that the next ones look only at
what came since; and all of it is looked at again once it has grown by half: a closed WebSocket leaves some 16 kB of rings.
"""

from __future__ import annotations

import gc
from typing import Any

OLDEST = 2
GROWTH = 0.5


class SetAside:
    """A callback of the garbage collector (`gc.callbacks`)."""

    def __init__(self) -> None:
        self._kept = self._grown = 0
        self._is_full = False

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        if info["generation"] != OLDEST:
            return
        if phase == "start":
            self._is_full = self._has_grown()
            if self._is_full:
                gc.unfreeze()
        else:
            survivors = len(gc.get_objects(OLDEST))
            gc.freeze()
            self._kept, self._grown = (survivors, 0) if self._is_full else (self._kept, self._grown + survivors)

    def _has_grown(self) -> bool:
        if self._grown > GROWTH * self._kept:
            # Counting takes a while too. Most of what was set aside has gone of its own accord since.
            self._grown = gc.get_freeze_count() - self._kept
        return self._grown > GROWTH * self._kept


def set_survivors_aside() -> None:
    """For the rest of this process."""
    gc.callbacks.append(SetAside())
