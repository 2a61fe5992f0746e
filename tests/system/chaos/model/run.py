"""Runs the model from a seed for a number of steps; the same seed makes the same steps."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.system.chaos.checker import Violation
    from tests.system.chaos.intake.model.machine import Intake
    from tests.system.chaos.model.machine import Desk

STEPS_PER_SEED, STEPS_PER_EXAMPLE = 5000, 50


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What became of one seed; `failure` is empty when all went well."""

    seed: int
    sequences: int
    steps: int
    seconds: float
    failure: str = ""
    violations: list[Violation] = field(default_factory=list)


def prepare(bug: str | None = None) -> None:
    """Set Django up without servers: the model asks none. With `bug`, plant it."""
    os.environ.update(
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/test_model",
        REDIS_URL="redis://127.0.0.1:1/0",
        SECRET_KEY="a key for fault runs only",
        DJANGO_SETTINGS_MODULE="invoicedash.settings",
    )
    import django

    django.setup()
    if bug:
        from tests.system.chaos.planted import bugs

        bugs.plant(bug)


def run_desk(seed: int, **options: Any) -> Batch:
    """A batch of the set `model`."""
    from tests.system.chaos.model.machine import Desk

    return run(Desk, seed, **options)


def run_intake(seed: int, **options: Any) -> Batch:
    """A batch of the set `intake-model`."""
    from tests.system.chaos.intake.model.machine import Intake

    return run(Intake, seed, **options)


def run(
    machine: type[Desk | Intake], seed: int, *, examples: int = STEPS_PER_SEED // STEPS_PER_EXAMPLE,
    shrinks: bool = False,
) -> Batch:  # fmt: skip
    """One seed's batch: `examples` sequences of up to fifty rules; with `shrinks` a failing one is made small."""
    import hypothesis
    from hypothesis.stateful import get_state_machine_test

    settings = hypothesis.settings(
        max_examples=examples,
        stateful_step_count=STEPS_PER_EXAMPLE,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        phases=[hypothesis.Phase.generate, *([hypothesis.Phase.shrink] if shrinks else [])],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    began, steps, sequences = time.monotonic(), machine.steps, machine.sequences
    failure = ""
    violations: list[Violation] = []
    try:
        hypothesis.seed(seed)(get_state_machine_test(machine, settings=settings))()
    except Exception as error:
        failure = "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", [])])
        violations = getattr(error, "violations", [])
    return Batch(
        seed=seed,
        sequences=machine.sequences - sequences,
        steps=machine.steps - steps,
        seconds=time.monotonic() - began,
        failure=failure,
        violations=violations,
    )
