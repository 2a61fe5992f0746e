"""Keeps Python's garbage collector from stopping the web process for long.

A full collection looks at every object that lives: with a thousand dashboards open that is more than 100 ms in which no
frame goes out. What has survived a collection is set aside here, so that the next ones look only at what came since. All of
it is looked at again once enough WebSockets have been closed, each of which leaves some 16 kB of rings.
"""

from __future__ import annotations

import gc
from typing import Any

OLDEST = 2
# In how many collections of the middle generation the oldest is looked at once: often, and so at little.
OFTEN = 2
# Fewer objects than these are not set aside: looking at them takes a millisecond or two. Among them are those of the requests
# under way, whose rings would stay for long once the request has ended.
FEW = 10_000
# So many WebSockets, or else so large a share of what was there: others leave rings too, if few.
CLOSED, GROWTH = 500, 1.0


class SetAside:
    """A callback of the garbage collector (`gc.callbacks`)."""

    closed = 0

    def __init__(self) -> None:
        self._kept, self._grown = gc.get_freeze_count(), 0
        self._is_full = False

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        if info["generation"] != OLDEST:
            return
        if phase == "start":
            self._is_full = SetAside.closed >= CLOSED or self._has_grown()
            if self._is_full:
                gc.unfreeze()
        else:
            survivors = len(gc.get_objects(OLDEST))
            if survivors < FEW and not self._is_full:
                return
            gc.freeze()
            if self._is_full:
                SetAside.closed, self._kept, self._grown = 0, survivors, 0
            else:
                self._grown += survivors

    def _has_grown(self) -> bool:
        if self._grown > GROWTH * self._kept:
            # Counting takes a while too. Most of what was set aside has gone of its own accord since.
            self._grown = gc.get_freeze_count() - self._kept
        return self._grown > GROWTH * self._kept


def set_survivors_aside() -> None:
    """All that is loaded by now, and for the rest of this process what survives."""
    gc.collect()
    gc.freeze()
    gc.callbacks.append(SetAside())
    # Python waits until what is new is a quarter of what it looked at last: so let that be nothing.
    gc.collect()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, OFTEN)


def websocket_closed() -> None:
    """One more that has left its rings."""
    SetAside.closed += 1
