"""The states of a delivery. It is in exactly one of them (I11)."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """`orphan`: no connected store takes it. `dead`: all attempts failed; a person replays it."""

    NEW = "new"
    DONE = "done"
    SET_ASIDE = "set_aside"
    QUARANTINED = "quarantined"
    DEAD = "dead"
    ORPHAN = "orphan"
