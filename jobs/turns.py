"""Round-robin over the claimed jobs of a queue: each gets a slice in turn, so that none waits for the end of another.

With n jobs in progress, a job waits at most for one slice of each of the n - 1 others. A slice ends at the first step
that ends after `SLICE_SECONDS`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass

from jobs import claims, registry
from jobs.models import Job
from jobs.registry import Steps
from jobs.work import Work

SLICE_SECONDS = 1.0
# Each job in progress keeps its position in its file in memory.
MOST_AT_WORK = 16


@dataclass(eq=False)
class Turn:
    """A job that this process has claimed, and the state of its function."""

    job: Job
    work: Work
    steps: Steps
    # Set by the heartbeat when the job was cancelled or taken over. Monotonic seconds, as everywhere here.
    lost_at: float | None = None
    step_began: float = 0.0


class Turns:
    """The jobs that this process has claimed, in the order of their turns; `active` is the one that runs now."""

    def __init__(self, queue: str) -> None:
        self._queue = queue
        self._waiting: deque[Turn] = deque()
        self.active: Turn | None = None

    def all(self) -> list[Turn]:
        """Every job that this process has claimed and not ended."""
        return [*([self.active] if self.active else []), *self._waiting]

    def next(self) -> Turn | None:
        """The job whose turn it is; claims waiting jobs of the queue first. None without any job."""
        self._drop_lost()
        while len(self._waiting) < MOST_AT_WORK and (job := claims.claim_next(self._queue)) is not None:
            work = Work(job)
            self._waiting.append(Turn(job, work, _steps(work)))
        self.active = self._waiting.popleft() if self._waiting else None
        return self.active

    def put_back(self, turn: Turn) -> None:
        """End the slice of the job; it continues after all others."""
        self.active = None
        self._waiting.append(turn)

    def end(self, turn: Turn) -> None:
        """Remove a job that needs no further turn."""
        turn.steps.close()
        self.active = None

    def close(self) -> list[Turn]:
        """Stop the work on all jobs; returns them."""
        turns = self.all()
        for turn in turns:
            turn.steps.close()
        return turns

    def _drop_lost(self) -> None:
        for turn in [turn for turn in self._waiting if turn.lost_at is not None]:
            turn.steps.close()
            self._waiting.remove(turn)


def run_slice(turn: Turn) -> bool:
    """Run the job for a slice; returns whether the job continues. Raises the errors of its function and `LostJob`."""
    slice_ends = time.monotonic() + SLICE_SECONDS
    while True:
        turn.step_began = time.monotonic()
        try:
            next(turn.steps)
        except StopIteration as end:
            claims.finish(turn.job, report=end.value, result=turn.work.result)
            return False
        if turn.lost_at is not None:
            raise claims.LostJob(f"Job {turn.job.pk} was cancelled or taken over.")
        if time.monotonic() >= slice_ends:
            return True


def _steps(work: Work) -> Steps:
    """The work as a generator, also when the function of the job does it in one step."""
    done = registry.load_function(work.job.kind)(work)
    if isinstance(done, Generator):
        return (yield from done)
    return done
