"""The test suite runs a small part of the model's steps; `make chaos SET=model` runs any number of them."""

from __future__ import annotations

from tests.system.chaos.model import run


def test_the_model_finds_nothing() -> None:
    batch = run.run_desk(seed=1, examples=25)
    assert batch.failure == ""
    assert batch.steps > 500
