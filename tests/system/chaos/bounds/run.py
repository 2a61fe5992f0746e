"""One trial over a running product: a run is on and screens look, a case strikes, everything recovers by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.disk import NoSmallDisk
from tests.system.chaos import full, workload
from tests.system.chaos.bounds.cases import CASES, Case
from tests.system.chaos.bounds.ground import Ground, Place
from tests.system.chaos.bounds.looks import Looks
from tests.system.chaos.bounds.sizes import Sizes
from tests.system.chaos.bounds.trial import GivenUp, Trial
from tests.system.chaos.checker import Violation
from tests.system.chaos.crowd import Crowd
from tests.system.chaos.history import History
from tests.system.chaos.outcome import Outcome
from tests.system.chaos.workload import Act

DISPLAY_RATE = 30.0
RUN = (("rate_per_second", 10.0), ("duration_seconds", 36000))
MOST_ATTEMPTS = 60


@contextmanager
def prepared(bug: str | None, sizes: Sizes) -> Iterator[Callable[[int], Outcome]]:
    """Runs the trial of a seed: each seed takes the next case."""
    with asyncio.Runner() as loop:
        ground = Ground(bug, sizes, loop)
        try:
            yield lambda seed: _run(seed, ground, loop)
        finally:
            ground.close()


def _run(seed: int, ground: Ground, loop: asyncio.Runner) -> Outcome:
    case = CASES[(seed - 1) % len(CASES)]
    try:
        place = ground.place(case.place)
    except NoSmallDisk as error:
        return _skipped(seed, case, str(error))
    plan = full.Plan(seed=seed, title=case.name, text=f"seed {seed}: {case.name}", display_rate=DISPLAY_RATE)

    async def work(history: History, crowd: Crowd) -> list[Violation]:
        return await _try(seed, case, place, ground.sizes, history, crowd)

    return loop.run(full.observe(place.product, plan, work))


def _skipped(seed: int, case: Case, why: str) -> Outcome:
    title = f"{case.name}; SKIPPED: {why}"
    return Outcome(seed=seed, title=title, plan=title, history=History(), violations=[], seconds=0.0, schedules=0)


async def _try(seed: int, case: Case, place: Place, sizes: Sizes, history: History, crowd: Crowd) -> list[Violation]:
    trial = Trial(product=place.product, history=history, sizes=sizes, seed=seed, viewer=place.viewer)
    await _insist(Act(at=0.0, verb="start", arguments=(*RUN, ("seed", seed))), trial, {201})
    looks = Looks(trial)
    looking = asyncio.create_task(looks.go_on())
    try:
        await case.strike(trial)
        await trial.recovers(trial.health.is_well, f"{case.name}: to ready, no condition")
        await _moves_on(trial, crowd)
    except GivenUp:
        # It is among the violations.
        pass
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    await _insist(Act(at=0.0, verb="stop"), trial, {200})
    history.note("visitor", "looked", answers=dict(looks.statuses))
    return trial.violations


async def _insist(act: Act, trial: Trial, wanted: set[int]) -> None:
    """Do `act` until it is answered like that; a START without an answer may have been done."""
    for _ in range(MOST_ATTEMPTS):
        await workload.perform(act, trial.product, trial.history)
        answer = list(trial.history.of(act.verb))[-1].data
        if answer["status"] in wanted or (act.verb == "start" and answer["status"] == 409):
            return
        await asyncio.sleep(1)
    trial.wrong(f"{act.verb} was answered {answer['status']} after {MOST_ATTEMPTS} attempts")


async def _moves_on(trial: Trial, crowd: Crowd) -> None:
    """The run issues and every screen gets new rows."""
    before = [screen.last_seq or 0 for screen in crowd.screens]

    async def have_rows() -> bool:
        crowd.check_alive()
        return all((screen.last_seq or 0) > old for screen, old in zip(crowd.screens, before, strict=True))

    await trial.recovers(have_rows, "new rows on every screen")
