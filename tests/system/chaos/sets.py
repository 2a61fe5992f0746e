"""The sets of schedules: over the full stack, single faults for the recovery times, the core set, the model."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.stack import Stack
from tests.system.chaos import full, schedule
from tests.system.chaos.checker import Violation
from tests.system.chaos.history import History
from tests.system.chaos.outcome import Outcome
from tests.system.chaos.planted import boot, bugs
from tests.system.chaos.product import Product

RunOne = Callable[[int], Outcome]


@contextmanager
def _on_product(bug: str | None, make: Callable[[int], schedule.Schedule]) -> Iterator[RunOne]:
    """One running product for all schedules."""
    stack = Stack(env=boot.environment(bug) if bug else None)
    with stack, asyncio.Runner() as loop, full.opened(Product(stack), loop) as product:
        if bug:
            with product.connect() as connection:
                bugs.break_rules(bug, connection)
        yield lambda seed: loop.run(full.run(make(seed), product))


@contextmanager
def _core(bug: str | None) -> Iterator[RunOne]:
    """Django is set up in this process, and only here: the full stack's harness does not import it."""
    from tests.system.chaos.core import plan, run

    with run.prepared(bug) as core:
        yield lambda seed: core.run(plan.make(seed))


@contextmanager
def _model(bug: str | None, name: str) -> Iterator[RunOne]:
    """`name` is the function of the model's `run` for one batch."""
    from tests.system.chaos.model import run

    run.prepare(bug)

    def run_one(seed: int) -> Outcome:
        batch = getattr(run, name)(seed, shrinks=bool(os.environ.get("SHRINK")))
        violations = batch.violations or [
            Violation(kind="wrong", invariant="-", text=batch.failure) for _ in range(1) if batch.failure
        ]
        return Outcome(
            seed=seed, title=f"{batch.sequences} sequences, {batch.steps} steps", plan=batch.failure,
            history=History(), violations=violations, seconds=batch.seconds, schedules=batch.sequences,
            steps=batch.steps,
        )  # fmt: skip

    yield run_one


@contextmanager
def _bounds(bug: str | None) -> Iterator[RunOne]:
    from tests.system.chaos.bounds import run, sizes

    with run.prepared(bug, sizes.SMOKE if os.environ.get("SMOKE") else sizes.FULL) as run_one:
        yield run_one


@contextmanager
def _figures(bug: str | None) -> Iterator[RunOne]:
    from tests.system.chaos import figures

    if bug:
        raise ValueError("No bug is planted in the set figures.")
    with figures.prepared() as prepared:
        yield lambda seed: prepared.run(figures.make(seed))


@contextmanager
def _events(bug: str | None) -> Iterator[RunOne]:
    from tests.system.chaos.events import plan, run

    with run.prepared(bug) as runs:
        yield lambda seed: runs.run(plan.make(seed))


@contextmanager
def _intake(bug: str | None) -> Iterator[RunOne]:
    from tests.system.chaos.intake import plan, run

    with run.prepared(bug) as runs:
        yield lambda seed: runs.run(plan.make(seed))


@contextmanager
def _intake_full(bug: str | None) -> Iterator[RunOne]:
    from tests.system.chaos.intake.full import run

    with run.prepared(bug) as run_one:
        yield run_one


SETS: dict[str, Callable[[str | None], AbstractContextManager[RunOne]]] = {
    "full": lambda bug: _on_product(bug, schedule.make),
    "drill": lambda bug: _on_product(bug, schedule.drill),
    "bounds": _bounds,
    "core": _core,
    "figures": _figures,
    "events": _events,
    "intake": _intake,
    "intake-full": _intake_full,
    "intake-model": lambda bug: _model(bug, "run_intake"),
    "model": lambda bug: _model(bug, "run_desk"),
}
