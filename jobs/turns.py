"""Round-robin over the claimed jobs of a queue: each gets a slice in turn, so that none waits for the end of another.

With n jobs in progress, a job waits at most for one slice of each of the n - 1 others. A slice ends at the first step
that ends after `SLICE_SECONDS`, or that yields for how many seconds the job pauses: until then it takes no turn.
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
# Each job in progress keeps its position in its file in memory. Jobs that pause take no place of those that work.
MOST_AT_WORK, MOST_HELD = 16, 64
# The longest sleep while all jobs pause, so that new and cancelled jobs are found.
LOOK_SECONDS = 0.5


@dataclass(eq=False)
class Turn:
    """A job that this process has claimed, and the state of its function."""

    job: Job
    work: Work
    steps: Steps
    # Set by the heartbeat when the job was cancelled or taken over. Monotonic seconds, as everywhere here.
    lost_at: float | None = None
    step_began: float = 0.0
    paused_until: float = 0.0

    @property
    def is_paused(self) -> bool:
        return time.monotonic() < self.paused_until


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
        while True:
            self._drop_lost()
            self._claim()
            self.active = next((turn for turn in self._waiting if not turn.is_paused), None)
            if self.active is not None:
                self._waiting.remove(self.active)
            if self.active is not None or not self._waiting:
                return self.active
            first = min(turn.paused_until for turn in self._waiting)
            time.sleep(max(0.0, min(LOOK_SECONDS, first - time.monotonic())))

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

    def _claim(self) -> None:
        while self._has_room() and (job := claims.claim_next(self._queue)) is not None:
            work = Work(job)
            self._waiting.append(Turn(job, work, _steps(work)))

    def _has_room(self) -> bool:
        at_work = sum(not turn.is_paused for turn in self._waiting)
        return at_work < MOST_AT_WORK and len(self._waiting) < MOST_HELD

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
            pause = next(turn.steps)
        except StopIteration as end:
            claims.finish(turn.job, report=end.value, result=turn.work.result)
            return False
        if turn.lost_at is not None:
            raise claims.LostJob(f"Job {turn.job.pk} was cancelled or taken over.")
        if pause:
            turn.paused_until = time.monotonic() + pause
            return True
        if time.monotonic() >= slice_ends:
            return True


def _steps(work: Work) -> Steps:
    """The work as a generator, also when the function of the job does it in one step."""
    done = registry.load_function(work.job.kind)(work)
    if isinstance(done, Generator):
        return (yield from done)
    return done
