"""Runs one schedule after another on one product: shops and faults, then heal, wait until all is applied, compare."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random

import psycopg

from tests.system.chaos.checker import Violation
from tests.system.chaos.history import History
from tests.system.chaos.intake import checker
from tests.system.chaos.intake.full import truth
from tests.system.chaos.intake.full.place import Place, opened
from tests.system.chaos.intake.full.plan import EVERYTHING, make
from tests.system.chaos.intake.plan import STEPS, Fault, IntakeSchedule
from tests.system.chaos.intake.record import ShopRecord
from tests.system.chaos.intake.run import describe
from tests.system.chaos.intake.working import WorkingShop
from tests.system.chaos.outcome import Outcome
from tests.waiting import HANG_SECONDS, wait_for

NAMES = ("Nordwind", "Southwind")
PAUSE_SECONDS = 0.6
# Between two moments at which all pauses are let pass.
TURN_SECONDS = 1.0
HISTORY_SHARE = 0.15


@contextmanager
def prepared(bug: str | None = None) -> Iterator[Callable[[int], Outcome]]:
    """The product is started once for all schedules; its stores keep what earlier schedules have left."""
    with opened(bug, NAMES) as place, ThreadPoolExecutor(len(NAMES)) as threads:
        yield lambda seed: Scene(make(seed), place, threads).run()


class Scene:
    """One schedule on the product."""

    def __init__(self, schedule: IntakeSchedule, place: Place, threads: ThreadPoolExecutor) -> None:
        self.history = History()
        self._schedule, self._place, self._threads = schedule, place, threads
        self._product, self._shops = place.product, list(place.shops.values())
        self._chance = Random(f"{schedule.seed} pauses")

    def run(self) -> Outcome:
        began, said_before = time.monotonic(), len(self._product.stack.output())
        wait_for(self._is_ready, "the product to be ready for the next schedule", show=self._product.stack.output)
        self.history.begin()
        self._work()
        violations = self._settle()
        records = [shop.record() for shop in self._shops]
        found, count = self._compare(records)
        return Outcome(
            seed=self._schedule.seed, title=f"{describe(records, count)}; {self._schedule.title}",
            plan=str(self._schedule), history=self.history, violations=[*violations, *found],
            seconds=time.monotonic() - began, log=self._product.stack.output()[said_before:],
        )  # fmt: skip

    def _is_ready(self) -> bool:
        self._place.let_pauses_pass()
        return self._product.are_all_up() and self._place.are_webhooks_active()

    def _work(self) -> None:
        for number, shop in enumerate(self._shops):
            shop.begin(self._schedule, number)
        for step in range(STEPS):
            self.history.note("shops", "step", step=step)
            steps = [self._threads.submit(shop.step) for shop in self._shops]
            if self._chance.random() < HISTORY_SHARE:
                self._start_history()
            for fault in (fault for fault in self._schedule.faults if fault.step == step):
                self._strike(fault)
            for done in steps:
                done.result(HANG_SECONDS)
            time.sleep(self._chance.uniform(0, PAUSE_SECONDS))
        list(self._threads.map(WorkingShop.calm, self._shops))

    def _start_history(self) -> None:
        slug = self._chance.choice(list(self._place.shops))
        self.history.note("user", "history", store=slug)
        self._place.start_history(slug, (datetime.now(UTC) - timedelta(days=2)).isoformat())

    def _strike(self, fault: Fault) -> None:
        time.sleep(fault.after)
        self.history.note("fault", "struck", fault=fault.kind, lasts=fault.lasts)
        verb, target = fault.kind.split()
        if verb == "silent":
            self._silence_postgres(fault.lasts)
            return
        pids = [self._product.pid(name) for name in (EVERYTHING if target == "everything" else (target,))]
        for pid in pids:
            self._product.signal(pid, signal.SIGKILL)

    def _silence_postgres(self, seconds: float) -> None:
        pids = [self._product.pid("postgres"), *self._product.backends()]
        for pid in pids:
            self._product.signal(pid, signal.SIGSTOP)
        time.sleep(seconds)
        for pid in pids:
            self._product.signal(pid, signal.SIGCONT)

    def _settle(self) -> list[Violation]:
        """Until no webhook waits, no job is left and each shop was polled since, as long as something changes."""
        wait_for(self._product.are_all_up, "all processes", show=self._product.stack.output)
        since: truth.Row = ()
        seen, changed_at = None, time.monotonic()
        while time.monotonic() < changed_at + HANG_SECONDS:
            self._place.let_pauses_pass()
            time.sleep(TURN_SECONDS)
            try:
                with self._product.connect() as asked:
                    since = since or truth.read_now(asked)
                    state = truth.read_state(asked, since)
            except psycopg.Error:
                continue
            if state[:3] == (0, 0, len(self._shops)):
                self.history.note("harness", "settled")
                return []
            if state != seen:
                seen, changed_at = state, time.monotonic()
        text = f"nothing changes for {HANG_SECONDS:g} s: waiting, jobs, polled, attempts, readings = {seen}"
        return [Violation(kind="lost", invariant="I11", text=text)]

    def _compare(self, records: list[ShopRecord]) -> tuple[list[Violation], int]:
        with self._product.connect() as asked:
            kept = [
                truth.read_store(asked, slug, record) for slug, record in zip(self._place.shops, records, strict=True)
            ]
            counts = truth.read_counts(asked)
        found = [
            violation for store, record in zip(kept, records, strict=True) for violation in checker.check(store, record)
        ]
        audit = truth.read_audit(self._place)
        return [*found, *checker.check_count(*counts), *checker.check_audit(audit)], counts[1]
