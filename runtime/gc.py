"""Keeps pauses of Python's garbage collector in the web process short.

A full collection inspects every live object: with a thousand open dashboards this takes more than 100 ms, in which no
frame is sent. This module freezes the objects that survive a collection, so that the next collections inspect only
newer objects. After enough WebSockets have been closed, the module unfreezes all objects, because each closed WebSocket
leaves about 16 kB of reference cycles.
"""

from __future__ import annotations

import gc
from typing import Any

OLDEST = 2
# The oldest generation is collected once per this many collections of the middle generation: often, so each collection
# inspects few objects.
OFTEN = 2
# Fewer objects than this are not frozen: inspecting them takes a millisecond or two. They include the objects of
# requests under way, whose reference cycles would stay in memory long after the request has ended.
FEW = 10_000
# Unfreeze after this many closed WebSockets or after this share of the earlier count: other objects also leave a few
# cycles.
CLOSED, GROWTH = 500, 1.0


class FreezeSurvivors:
    """A callback of the garbage collector (`gc.callbacks`) that freezes the survivors of a collection."""

    closed = 0

    def __init__(self) -> None:
        self._kept, self._grown = gc.get_freeze_count(), 0
        self._is_full = False

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        if info["generation"] != OLDEST:
            return
        if phase == "start":
            self._is_full = FreezeSurvivors.closed >= CLOSED or self._has_grown()
            if self._is_full:
                gc.unfreeze()
        else:
            survivors = len(gc.get_objects(OLDEST))
            if survivors < FEW and not self._is_full:
                return
            gc.freeze()
            if self._is_full:
                FreezeSurvivors.closed, self._kept, self._grown = 0, survivors, 0
            else:
                self._grown += survivors

    def _has_grown(self) -> bool:
        if self._grown > GROWTH * self._kept:
            # Counting is slow too. Most frozen objects have been freed by reference counting since.
            self._grown = gc.get_freeze_count() - self._kept
        return self._grown > GROWTH * self._kept


def freeze_survivors() -> None:
    """Freeze all objects that are loaded now, and from now on those that survive a collection."""
    gc.collect()
    gc.freeze()
    gc.callbacks.append(FreezeSurvivors())
    # Python delays a full collection until the new objects are a quarter of the old ones; freezing makes the old count
    # zero.
    gc.collect()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, OFTEN)


def websocket_closed() -> None:
    """Count a closed WebSocket, which has left reference cycles."""
    FreezeSurvivors.closed += 1
