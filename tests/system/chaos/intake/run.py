"""Runs one schedule: shops and faults, then heal, wait until everything is applied and polled again, compare."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg

from tests.stack import free_port
from tests.system.chaos.checker import Violation
from tests.system.chaos.core.cast import Cast
from tests.system.chaos.core.ground import CUT_SESSIONS, Ground
from tests.system.chaos.history import History
from tests.system.chaos.intake import actors, checker, ready, truth
from tests.system.chaos.intake.plan import Fault, IntakeSchedule, make
from tests.system.chaos.intake.record import ShopRecord
from tests.system.chaos.intake.shops import Shops
from tests.system.chaos.outcome import Outcome
from tests.waiting import HANG_SECONDS

TURN_SECONDS = 0.004
# Webhooks that wait, and stores that were polled since.
_STATE = """
SELECT (SELECT count(*) FROM webhooks_delivery WHERE state = 'new'),
    (SELECT count(DISTINCT store_id) FROM syncing_syncrun WHERE kind = 'poll' AND state = 'done' AND started_at > %s),
    (SELECT sum(attempts) FROM webhooks_delivery), (SELECT max(id) FROM syncing_syncrun)
"""


class IntakeRuns:
    """Runs schedules one after another, each on a fresh database with connected stores."""

    def __init__(self, ground: Ground, site: ready.Site) -> None:
        self._ground = ground
        self._site = site

    def find(self, bug: str, seeds: Iterable[int]) -> Outcome | None:
        """The first schedule of the seeds that fails with `bug` planted."""
        return self._ground.find(bug, (self.run(make(seed)) for seed in seeds))

    def run(self, schedule: IntakeSchedule) -> Outcome:
        began = time.monotonic()
        self._ground.new_database()
        scene = Scene(schedule, self._ground, self._site)
        try:
            violations, title = scene.play()
        finally:
            scene.end()
        return Outcome(
            seed=schedule.seed, title=f"{title}; {schedule.title}", plan=str(schedule), history=scene.history,
            violations=violations, seconds=time.monotonic() - began,
        )  # fmt: skip


class Scene:
    """The processes and the faults of one schedule."""

    def __init__(self, schedule: IntakeSchedule, ground: Ground, site: ready.Site) -> None:
        self.history = History()
        self._ground, self._site = ground, site
        self._cast = Cast()
        self._loops = [f"loops {number + 1}" for number in range(schedule.loops)]
        self._waiting = list(schedule.faults)
        self._due: list[tuple[float, Fault]] = []
        self._thaws: list[tuple[float, list[int]]] = []
        self._shops = Shops(schedule, ready.PLATFORMS, site.shop_ports)

    def play(self) -> tuple[list[Violation], str]:
        """What is wrong at the end, and what happened, in a few words."""
        self._cast.add("web", partial(actors.serve_until_killed, self._site.web_port))
        for name in self._loops:
            self._cast.add(name, actors.loop_until_killed)
        self.history.begin()
        records = self._work()
        self._heal()
        violations = self._settle()
        self._cast.clear()
        kept, counts, report = truth.read_all(list(self._site.slugs), records)
        for store, shop in zip(kept, records, strict=True):
            violations += checker.check(store, shop)
        violations += [*checker.check_count(*counts), *checker.check_audit(report)]
        return violations, describe(records, counts[1])

    def end(self) -> None:
        self._heal()
        self._cast.clear()
        self._shops.end()

    def _work(self) -> list[ShopRecord]:
        """Let the shops work; strike the faults of each step when it begins."""
        deadline = time.monotonic() + HANG_SECONDS
        while time.monotonic() < deadline:
            report = self._shops.read()
            if isinstance(report, list):
                return report
            if report is not None:
                self._begin_step(report)
                deadline = time.monotonic() + HANG_SECONDS
            self._turn()
        raise TimeoutError(f"The shops report nothing for {HANG_SECONDS:g} s.")

    def _begin_step(self, step: int) -> None:
        self.history.note("shops", "step", step=step)
        due = [fault for fault in self._waiting if fault.step == step]
        self._due += [(time.monotonic() + fault.after, fault) for fault in due]

    def _turn(self) -> None:
        self._ground.tend()
        self._cast.tend(self.history)
        now = time.monotonic()
        for moment, fault in [due for due in self._due if due[0] <= now]:
            self._due.remove((moment, fault))
            self._strike(fault)
        for thaw in [thaw for thaw in self._thaws if thaw[0] <= now]:
            self._thaws.remove(thaw)
            self._signal_all(thaw[1], signal.SIGCONT)
        time.sleep(TURN_SECONDS)

    def _strike(self, fault: Fault) -> None:
        self.history.note("fault", "struck", fault=fault.kind, lasts=fault.lasts)
        if fault.kind == "postgres-kill":
            self._ground.signal(self._ground.postgres, signal.SIGKILL)
        elif fault.kind == "postgres-silent":
            pids = self._ground.pids_of_postgres()
            self._signal_all(pids, signal.SIGSTOP)
            self._thaws.append((time.monotonic() + fault.lasts, pids))
        elif fault.kind == "postgres-cut":
            self._cast.send(partial(_cut, self._ground))
        else:
            names = ["web"] if fault.kind == "kill-web" else self._loops
            self._signal_all([self._cast.actors[name].pid for name in names], signal.SIGKILL)

    def _signal_all(self, pids: list[int], number: signal.Signals) -> None:
        for pid in filter(None, pids):
            self._cast.signal(pid, number)

    def _heal(self) -> None:
        self._due.clear()
        self._thaws.clear()
        self._cast.heal()

    def _settle(self) -> list[Violation]:
        """Until no webhook waits and each shop was polled since; a poll finds what no webhook has reported."""
        since = self._ground.ask(lambda asked: asked.execute("SELECT clock_timestamp()").fetchone())
        seen, changed_at = None, time.monotonic()
        while time.monotonic() < changed_at + HANG_SECONDS:
            state = self._ground.ask(partial(_read_state, since=since))
            if state[0] == 0 and state[1] == len(self._site.slugs):
                self.history.note("harness", "settled")
                return []
            if state != seen:
                seen, changed_at = state, time.monotonic()
            self._turn()
        text = f"nothing changes for {HANG_SECONDS:g} s: waiting, polled, attempts, readings = {seen}"
        return [Violation(kind="lost", invariant="I11", text=text)]


def _read_state(asked: psycopg.Connection[Any], since: Any) -> Any:
    return asked.execute(_STATE, since).fetchone()


def _cut(ground: Ground) -> None:
    with ground.connect() as asked:
        asked.execute(CUT_SESSIONS)


def describe(records: list[ShopRecord], documents: int) -> str:
    """What happened in the shops, in a line."""
    orders, posted = sum(len(one.orders) for one in records), [each for one in records for each in one.posted]
    answered = sum(each.status == 200 for each in posted)
    return f"{orders} orders, {answered} of {len(posted)} webhooks answered 200, {documents} documents"


@contextmanager
def prepared(bug: str | None = None) -> Iterator[IntakeRuns]:
    """Servers, Django, the template with its stores: started once for all schedules."""
    ground = Ground()
    try:
        ground.start()
        site = ready.make_ready([free_port() for _ in ready.PLATFORMS], free_port())
        if bug:
            ground.plant(bug)
        yield IntakeRuns(ground, site)
    finally:
        ground.stop()
