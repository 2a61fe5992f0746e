"""The schedule of a seed: which faults strike at which step of the shops, and how unreliable the webhooks are."""

from __future__ import annotations

import random
from dataclasses import dataclass

STEPS = 12
KINDS = ("kill-web", "kill-web", "kill-loops", "kill-loops", "postgres-kill", "postgres-silent", "postgres-cut")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Strikes `after` seconds from the beginning of a step; a silence `lasts` some seconds."""

    step: int
    after: float
    kind: str
    lasts: float


@dataclass(frozen=True, kw_only=True)
class IntakeSchedule:
    """What happens in the run of a seed. `lost`, `late` and `doubled` are shares of the webhooks.

    Two processes `loops` are at work together for a moment in a deployment, here all the time.
    """

    seed: int
    loops: int
    lost: float
    late: float
    doubled: float
    faults: tuple[Fault, ...]

    @property
    def title(self) -> str:
        """In a line."""
        faults = ", ".join(f"{fault.kind} at {fault.step}" for fault in self.faults)
        return f"{self.loops} x loops, {faults}"


def make(seed: int) -> IntakeSchedule:
    """The schedule of `seed`, always the same."""
    chance = random.Random(f"{seed} intake")
    faults = [
        Fault(
            step=chance.randrange(STEPS),
            after=chance.uniform(0, 0.08),
            kind=chance.choice(KINDS),
            # Also longer than the answer to a webhook may take.
            lasts=chance.uniform(0.1, 1.5),
        )
        for _ in range(chance.randint(2, 5))
    ]
    return IntakeSchedule(
        seed=seed,
        loops=chance.choice((1, 1, 2)),
        lost=chance.uniform(0, 0.3),
        late=chance.uniform(0, 0.3),
        doubled=chance.uniform(0, 0.3),
        faults=tuple(sorted(faults, key=lambda fault: (fault.step, fault.after))),
    )
