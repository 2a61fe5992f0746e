"""Waits for a condition. The deadline only ends a hang, so no test depends on the speed of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

# Longer than anything takes that works, on the slowest machine: a promise in seconds belongs into `make bench`.
HANG_SECONDS = 300.0
POLL_SECONDS = 0.05
Value = TypeVar("Value")


def wait_for(condition: Callable[[], Value | None], what: str, *, show: Callable[[], str] | None = None) -> Value:
    """The first true value of `condition`; raises `TimeoutError` after `HANG_SECONDS`."""
    deadline = time.monotonic() + HANG_SECONDS
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {HANG_SECONDS:g} s for {what}." + (f"\n{show()}" if show else ""))
        time.sleep(POLL_SECONDS)
    return value
