"""A schedule: what users do and what breaks, and when. The seed decides all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.chaos import faults, workload
from tests.chaos.faults import Fault
from tests.chaos.workload import Act

SPAN_SECONDS = 5.5


def title(acts: Sequence[Act], faults: Sequence[Fault]) -> str:
    """What is done and what breaks, in a line."""
    what = ", ".join(f"{fault.kind} {fault.target}".strip() for fault in faults) or "no fault"
    return f"{' '.join(act.verb for act in acts)}; {what}"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    seed: int
    display_rate: float
    acts: tuple[Act, ...]
    faults: tuple[Fault, ...]

    @property
    def title(self) -> str:
        return title(self.acts, self.faults)

    def __str__(self) -> str:
        steps: list[Act | Fault] = sorted([*self.acts, *self.faults], key=lambda step: step.at)
        return "\n".join([f"seed {self.seed}, display {self.display_rate:g}/s", *(f"  {step}" for step in steps)])


def make(seed: int) -> Schedule:
    """The schedule of that seed; workload and faults draw from sources of their own, so that either can grow."""
    acts, display_rate = workload.plan(Random(f"{seed} workload"))
    planned = faults.plan(Random(f"{seed} faults"), span=SPAN_SECONDS)
    return Schedule(seed=seed, display_rate=display_rate, acts=tuple(acts), faults=tuple(planned))
