"""The schedule of a seed: that of the set `intake` with the faults of the whole product."""

from __future__ import annotations

import random
from dataclasses import replace

from tests.system.chaos.intake import plan
from tests.system.chaos.intake.plan import STEPS, Fault, IntakeSchedule

PROCESSES = ("web", "loops", "jobs", "worker")
EVERYTHING = (*PROCESSES, "beat", "pacer", "postgres", "redis")
KINDS = (
    *(f"kill {name}" for name in (*PROCESSES, "web", "loops", "postgres", "redis")),
    "kill everything",
    "silent postgres",
)


def make(seed: int) -> IntakeSchedule:
    """The schedule of `seed`, always the same."""
    chance = random.Random(f"{seed} intake-full")
    faults = [
        Fault(step=chance.randrange(STEPS), after=chance.uniform(0, 1), kind=chance.choice(KINDS), lasts=chance.uniform(0.5, 4))
        for _ in range(chance.randint(1, 3))
    ]  # fmt: skip
    ordered = tuple(sorted(faults, key=lambda fault: (fault.step, fault.after)))
    return replace(plan.make(seed), loops=1, faults=ordered)
