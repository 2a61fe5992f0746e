"""Runs a function that works in steps to its end."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")


def ended(steps: Generator[None, None, Result]) -> Result:
    """Run all `steps`; returns the result of the generator."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
