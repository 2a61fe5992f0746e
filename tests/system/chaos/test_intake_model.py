"""The test suite runs a small part of the steps of the set `intake-model`; `make chaos SET=intake-model` runs any number."""

from __future__ import annotations

from tests.system.chaos.model import run


def test_the_model_of_the_intake_finds_nothing() -> None:
    batch = run.run_intake(seed=1, examples=10)
    assert batch.failure == ""
    assert batch.steps > 1000
