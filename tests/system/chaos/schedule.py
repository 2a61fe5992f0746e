"""A schedule: the actions of users and the faults, with their times. The seed decides all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.system.chaos import faults, recovery, workload
from tests.system.chaos.faults import Fault
from tests.system.chaos.workload import Act

SPAN_SECONDS = 5.5
# What is measured by itself, again and again: one fault in a steady run, nothing else near it.
DRILLS = (
    *[
        ("kill", "worker"),
        ("kill", "beat"),
        ("kill", "pacer"),
        ("kill", "web"),
        ("redis-kill", ""),
        ("redis-empty", ""),
    ],
    *[("redis-freeze", ""), ("redis-full", ""), ("redis-wire", "hole"), ("postgres-immediate", "")],
    *[("postgres-fast", ""), ("postgres-kill", ""), ("postgres-crash", ""), ("postgres-freeze", "")],
    *[("wire-deaf", ""), ("freeze-tick", ""), ("crowd-cut", "1000")],
)


def title(acts: Sequence[Act], faults: Sequence[Fault]) -> str:
    """What is done and what breaks, in a line."""
    what = ", ".join(f"{fault.kind} {fault.target}".strip() for fault in faults) or "no fault"
    return f"{' '.join(act.verb for act in acts)}; {what}"


@dataclass(frozen=True, kw_only=True)
class Load:
    """What the product has to do besides: more screens, and visitors who ask one thing after the other."""

    screens: int = 0
    visitors: int = 0


AT_REST = Load()
LOAD = Load(screens=50, visitors=4)
# Invoices and rows per second, as much as two processors can do with those screens.
LOAD_RATE, LOAD_DISPLAY_RATE = 100.0, 150.0


@dataclass(frozen=True, kw_only=True)
class Schedule:
    seed: int
    display_rate: float
    acts: tuple[Act, ...]
    faults: tuple[Fault, ...]
    load: Load = AT_REST

    @property
    def title(self) -> str:
        return title(self.acts, self.faults) + (recovery.AT_LOAD if self.load != AT_REST else "")

    def __str__(self) -> str:
        steps: list[Act | Fault] = sorted([*self.acts, *self.faults], key=lambda step: step.at)
        return "\n".join([f"seed {self.seed}, display {self.display_rate:g}/s", *(f"  {step}" for step in steps)])


def make(seed: int) -> Schedule:
    """The schedule of that seed; workload and faults draw from imports of their own, so that either can grow."""
    acts, display_rate = workload.plan(Random(f"{seed} workload"))
    planned = faults.plan(Random(f"{seed} faults"), span=SPAN_SECONDS)
    return Schedule(seed=seed, display_rate=display_rate, acts=tuple(acts), faults=tuple(planned))


def drill(seed: int) -> Schedule:
    """One fault in the middle of a steady run: each seed takes the next fault of the list, every second time at load."""
    random = Random(f"{seed} drill")
    turn, index = divmod(seed - 1, len(DRILLS))
    kind, target = DRILLS[index]
    is_loaded = turn % 2 == 1
    _, _, (shortest, longest) = faults.KINDS[kind]
    is_storm = kind == "crowd-cut"
    rate = LOAD_RATE if is_loaded else 20.0
    arguments = (("rate_per_second", 10.0 if is_storm else rate), ("duration_seconds", 2 if is_storm else 8))
    start = Act(at=0.1, verb="start", arguments=(*arguments, ("seed", seed)))
    at = random.uniform(2.5, 3.0)
    fault = Fault(at=at, kind=kind, target=target, lasts=random.uniform(shortest, longest))
    load, display_rate = (LOAD, LOAD_DISPLAY_RATE) if is_loaded else (AT_REST, 30.0)
    return Schedule(seed=seed, display_rate=display_rate, acts=(start,), faults=(fault,), load=load)
