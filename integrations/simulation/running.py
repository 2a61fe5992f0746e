"""Lets things happen in simulated shops at a steady rate, spread over the time between two of one shop."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from integrations.simulation.shops import SimulatedShop

# A shop whose webhooks are answered late delays only those of its own thread.
MOST_THREADS = 8


def run(shops: Sequence[SimulatedShop], *, per_minute: float, seconds: float) -> None:
    """Run until `seconds` have passed, without an end where they are 0. Each shop has the same thread all the time."""
    stopped = threading.Event()
    began = time.monotonic()
    until = began + seconds if seconds else float("inf")
    groups = [shops[number::MOST_THREADS] for number in range(min(MOST_THREADS, len(shops)))]
    step_seconds = 60.0 / max(0.01, per_minute)
    with ThreadPoolExecutor(MOST_THREADS) as threads:
        running = [threads.submit(_run_group, group, step_seconds, began, until, stopped) for group in groups]
        try:
            wait(running, return_when=FIRST_EXCEPTION)
        finally:
            stopped.set()
    for each in running:
        each.result()


def _run_group(
    shops: Sequence[SimulatedShop], step_seconds: float, began: float, until: float, stopped: threading.Event
) -> None:  # fmt: skip
    count = 0
    while not stopped.is_set():
        shops[count % len(shops)].happen()
        count += 1
        # To absolute times, so that the rate holds however long the webhooks take.
        due = began + count * step_seconds / len(shops)
        if due > until:
            return
        stopped.wait(max(0.0, due - time.monotonic()))
