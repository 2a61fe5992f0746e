"""Waits for a condition. The deadline only ends a hang, so no test depends on the speed of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

# Longer than anything takes that works, on the slowest machine: a promise in seconds belongs into `make bench`.
HANG_SECONDS = 300.0
# Between two looks: longer the longer it takes, because most conditions are asked of a product, which answers the more
# slowly the more it is asked.
POLL_SECONDS, MOST_POLL_SECONDS, POLL_SHARE = 0.05, 0.5, 0.05
Value = TypeVar("Value")


def wait_for(condition: Callable[[], Value | None], what: str, *, show: Callable[[], str] | None = None) -> Value:
    """The first true value of `condition`; raises `TimeoutError` after `HANG_SECONDS`."""
    began = time.monotonic()
    while not (value := condition()):
        waited = time.monotonic() - began
        if waited > HANG_SECONDS:
            raise TimeoutError(f"Waited {HANG_SECONDS:g} s for {what}." + (f"\n{show()}" if show else ""))
        time.sleep(min(max(POLL_SECONDS, waited * POLL_SHARE), MOST_POLL_SECONDS))
    return value
