"""Runs one schedule: work and faults for a second, then heal, let the consumers finish, compare."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg

from tests.system.chaos.core.cast import Cast
from tests.system.chaos.core.ground import CUT_SESSIONS, Ground
from tests.system.chaos.events import actors, checker
from tests.system.chaos.events.plan import SECONDS, EventSchedule, Fault, make
from tests.system.chaos.history import History
from tests.system.chaos.outcome import Outcome

TURN_SECONDS = 0.004
# A run that is wrong waits this long until nothing changes any more: less when each cursor has passed the last event,
# because then nothing is left that a consumer would handle.
STUCK_SECONDS, PASSED_SECONDS = 20.0, 2.0
_STATE = """
SELECT (SELECT sum(n) FROM chaos_fact), (SELECT count(*) FROM chaos_effect), (SELECT count(*) FROM events_letter),
    (SELECT array_agg((xid, event_id) ORDER BY consumer)::text FROM events_cursor),
    (SELECT count(*) FROM events_cursor
     WHERE (xid, event_id) >= (SELECT xid, id FROM events_event ORDER BY xid DESC, id DESC LIMIT 1))
"""


class EventRuns:
    """Runs schedules one after another, each on a fresh database."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def find(self, bug: str, seeds: Iterable[int]) -> Outcome | None:
        """The first schedule of the seeds that fails with `bug` planted."""
        return self._ground.find(bug, (self.run(make(seed)) for seed in seeds))

    def run(self, schedule: EventSchedule) -> Outcome:
        began = time.monotonic()
        self._ground.new_database()
        self._ground.ask(lambda asked: asked.execute(actors.TABLES))
        scene = Scene(schedule, self._ground)
        try:
            facts, effects = scene.play()
        finally:
            scene.end()
        return Outcome(
            seed=schedule.seed,
            title=f"{schedule.title}; {sum(facts.values())} events",
            plan=str(schedule),
            history=scene.history,
            violations=list(checker.check(facts, effects)),
            seconds=time.monotonic() - began,
        )


class Scene:
    """The processes and the faults of one schedule."""

    def __init__(self, schedule: EventSchedule, ground: Ground) -> None:
        self.history = History()
        self._schedule = schedule
        self._ground = ground
        self._cast = Cast()
        self._thaws: list[tuple[float, int]] = []

    def play(self) -> tuple[dict[str, int], dict[tuple[str, str], list[int]]]:
        """Facts and effects at the end."""
        writers = [f"writer {number + 1}" for number in range(self._schedule.writers)]
        for name in writers:
            self._cast.add(name, actors.write_until_killed)
        for name in ("alpha 1", "alpha 2", "beta 1"):
            self._cast.add(name, partial(actors.consume_until_killed, name.split()[0]))
        self._strike_all()
        self._cast.heal()
        self._cast.remove(*writers)
        self._ground.ask(lambda asked: asked.execute("UPDATE chaos_switch SET is_broken = false"))
        self._settle()
        return self._ground.ask(_read_truth)

    def end(self) -> None:
        self._cast.heal()
        self._cast.clear()

    def _strike_all(self) -> None:
        self.history.begin()
        for fault in self._schedule.faults:
            self._turn_until_moment(fault.at)
            self._strike(fault)
        self._turn_until_moment(SECONDS)

    def _turn_until_moment(self, seconds: float) -> None:
        while time.time() < self.history.began + seconds:
            self._turn()

    def _turn(self) -> None:
        self._ground.tend()
        self._cast.tend(self.history)
        for moment, pid in list(self._thaws):
            if time.monotonic() >= moment:
                self._thaws.remove((moment, pid))
                self._cast.signal(pid, signal.SIGCONT)
        time.sleep(TURN_SECONDS)

    def _strike(self, fault: Fault) -> None:
        self.history.note("fault", "struck", fault=fault.kind, target=fault.target, lasts=fault.lasts)
        if fault.kind == "postgres-immediate":
            self._ground.signal(self._ground.postgres, signal.SIGQUIT)
        elif fault.kind == "postgres-cut":
            self._ground.ask(lambda asked: asked.execute(CUT_SESSIONS))
        else:
            self._strike_process(fault)

    def _strike_process(self, fault: Fault) -> None:
        names = [name for name in self._cast.actors if name.startswith(fault.target)]
        pid = self._cast.actors[names[-1]].pid
        if not pid:
            return
        if fault.kind == "kill":
            self._cast.signal(pid, signal.SIGKILL)
        else:
            self._cast.signal(pid, signal.SIGSTOP)
            self._thaws.append((time.monotonic() + fault.lasts, pid))

    def _settle(self) -> None:
        """Until every effect is there, or nothing has changed for long. Dead events are retried, as a person would."""
        seen, changed_at, patience = None, time.monotonic(), STUCK_SECONDS
        while time.monotonic() < changed_at + patience:
            state = self._ground.ask(_retry_dead_and_read_state)
            owed, done, letters, _, passed = state
            if done >= len(actors.CONSUMERS) * owed and not letters:
                self.history.note("harness", "settled")
                return
            if state != seen:
                seen, changed_at = state, time.monotonic()
                is_over = passed == len(actors.CONSUMERS) and not letters
                patience = PASSED_SECONDS if is_over else STUCK_SECONDS
            self._turn()
        self.history.note("harness", "stuck", state=str(seen))


def _retry_dead_and_read_state(asked: psycopg.Connection[Any]) -> Any:
    asked.execute("UPDATE events_letter SET is_dead = false, failures = 0, next_at = now() WHERE is_dead")
    return asked.execute(_STATE).fetchone()


def _read_truth(asked: psycopg.Connection[Any]) -> tuple[dict[str, int], dict[tuple[str, str], list[int]]]:
    facts = dict(asked.execute("SELECT key, n FROM chaos_fact").fetchall())
    effects: dict[tuple[str, str], list[int]] = {(name, key): [] for name in actors.CONSUMERS for key in facts}
    for consumer, key, n in asked.execute("SELECT consumer, key, n FROM chaos_effect ORDER BY number"):
        effects[consumer, key].append(n)
    return facts, effects


@contextmanager
def prepared(bug: str | None = None) -> Iterator[EventRuns]:
    """Servers, Django, template: started once for all schedules."""
    ground = Ground()
    try:
        ground.start()
        _compress_time()
        if bug:
            ground.plant(bug)
        yield EventRuns(ground)
    finally:
        ground.stop()


def _compress_time() -> None:
    """Short back-offs, and small batches, so that most faults strike between two of them."""
    from events import consuming, letters

    letters.BACKOFF_SECONDS = (0.01, 0.01, 0.02, 0.02, 0.05)  # type: ignore[assignment]
    consuming.BATCH = 5
