"""The schedule of a seed: how many write, and which faults strike when."""

from __future__ import annotations

import random
from dataclasses import dataclass

SECONDS = 0.8
TARGETS = ("writer", "alpha", "beta")
# More often than not a consumer: what a writer had in hand is rolled back.
_KINDS = ("kill", "kill", "kill", "freeze", "postgres-cut", "postgres-immediate")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`target` is the beginning of an actor's name; a freeze `lasts` some seconds."""

    at: float
    kind: str
    target: str
    lasts: float


@dataclass(frozen=True, kw_only=True)
class EventSchedule:
    """What happens in the run of a seed."""

    seed: int
    writers: int
    faults: tuple[Fault, ...]

    @property
    def title(self) -> str:
        """In a line."""
        return f"{self.writers} writers, {', '.join(fault.kind for fault in self.faults)}"


def make(seed: int) -> EventSchedule:
    """The schedule of `seed`, always the same."""
    chance = random.Random(seed)
    faults = [
        Fault(
            at=chance.uniform(0.1, SECONDS),
            kind=chance.choice(_KINDS),
            target=chance.choice(TARGETS),
            # Also longer than a session may be idle in a transaction.
            lasts=chance.uniform(0.05, 0.5),
        )
        for _ in range(chance.randint(2, 5))
    ]
    return EventSchedule(
        seed=seed, writers=chance.randint(3, 6), faults=tuple(sorted(faults, key=lambda fault: fault.at))
    )
