"""The set `figures`: folds beside writers, while sessions are ended at any statement and PostgreSQL is stopped at once.

Two folders of each group of rollups work at the same time. Afterwards every bucket must equal its documents.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.system.chaos.checker import Violation
from tests.system.chaos.core.ground import NO_LIMITS, Ground
from tests.system.chaos.history import History
from tests.system.chaos.outcome import Outcome

WORK_SECONDS = 3.0
WRITERS, FOLDERS = 2, 2
RETRY_SECONDS = 0.05
# A fold of all groups has about this many statements.
STATEMENTS = 14


@dataclass(frozen=True, kw_only=True)
class Plan:
    """When PostgreSQL is stopped, and how, if at all."""

    seed: int
    stop_at: float | None
    stop_by: signal.Signals

    def __str__(self) -> str:
        stop = f"PostgreSQL is stopped by {self.stop_by.name} at {self.stop_at:.2f} s" if self.stop_at else "no stop"
        return f"{WRITERS} writers, {FOLDERS} folders of each group, sessions ended at any statement, {stop}"


def make(seed: int) -> Plan:
    random = Random(f"{seed} figures")
    stop_at = random.uniform(0.5, WORK_SECONDS - 0.5) if random.random() < 0.6 else None
    return Plan(seed=seed, stop_at=stop_at, stop_by=random.choice([signal.SIGQUIT, signal.SIGKILL, signal.SIGINT]))


class Killer:
    """Ends the session of this thread before or after a statement that the chance decides."""

    def __init__(self, random: Random, history: History) -> None:
        self._random = random
        self._history = history
        self._left = 1 + random.randrange(STATEMENTS)

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self._left -= 1
        if self._left:
            return execute(sql, params, many, context)
        self._left = 1 + self._random.randrange(STATEMENTS)
        if self._random.random() < 0.5:
            found = execute(sql, params, many, context)
            self._end_session(context["connection"], "after", sql)
            return found
        self._end_session(context["connection"], "before", sql)
        return execute(sql, params, many, context)

    def _end_session(self, connection: Any, when: str, sql: str) -> None:
        self._history.note("fault", "ended", when=when, sql=" ".join(str(sql).split())[:60])
        # PostgreSQL may have been stopped in this moment.
        with suppress(ProcessLookupError):
            os.kill(connection.connection.info.backend_pid, signal.SIGTERM)


class Figures:
    """Runs one schedule after the other on one database, whose documents become more."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def run(self, plan: Plan) -> Outcome:
        began, history = time.monotonic(), History()
        done = threading.Event()
        random = Random(f"{plan.seed} work")
        actors = [
            *(self._writer(Random(random.random())) for _ in range(WRITERS)),
            *(
                self._folder(group, Random(random.random()), history)
                for group in ("live", "minute")
                for _ in range(FOLDERS)
            ),
        ]
        threads = [threading.Thread(target=_repeat, args=(actor, done, history)) for actor in actors]
        for thread in threads:
            thread.start()
        self._strike(plan, began, history)
        done.set()
        for thread in threads:
            thread.join()
        self._ground.wait_for(self._ground.postgres)
        return Outcome(
            seed=plan.seed, title=str(plan), plan=str(plan), history=history, violations=list(_check(history)),
            seconds=time.monotonic() - began,
        )  # fmt: skip

    def _strike(self, plan: Plan, began: float, history: History) -> None:
        is_struck = plan.stop_at is None
        while (passed := time.monotonic() - began) < WORK_SECONDS:
            if not is_struck and passed >= (plan.stop_at or 0):
                is_struck = True
                history.note("fault", "stopped", by=plan.stop_by.name)
                self._ground.signal(self._ground.postgres, plan.stop_by)
            self._ground.tend()
            time.sleep(0.01)

    def _writer(self, random: Random) -> Callable[[], None]:
        """Issues documents of several days, customers and currencies; a third of the transactions is rolled back."""
        from django.db import transaction

        from invoices.documents.issue import issue_documents
        from invoices.models import Series
        from tests.analytics.facts.test_fold_at_once import some_documents

        def write() -> None:
            series = Series.objects.get(prefix="INV").pk
            with transaction.atomic():
                issue_documents(series_id=series, documents=some_documents(random))
                if random.random() < 0.3:
                    transaction.set_rollback(True)

        return write

    def _folder(self, group: str, random: Random, history: History) -> Callable[[], None]:
        from django.db import connection

        from analytics.facts.fold import fold

        killer = Killer(random, history)

        def fold_once() -> None:
            # A new connection gets wrappers of its own first.
            connection.ensure_connection()
            with connection.execute_wrapper(killer):
                fold(group, most=7)

        return fold_once


def _repeat(act: Callable[[], None], done: threading.Event, history: History) -> None:
    """Act again and again; a lost session is replaced, as the product does it."""
    from django.db import DatabaseError, connection

    while not done.is_set():
        try:
            act()
        except DatabaseError as error:
            history.note("session", "failed", error=type(error).__name__)
            connection.close()
            done.wait(RETRY_SECONDS)
    connection.close()


def _check(history: History) -> Iterator[Violation]:
    """Fold the rest; then nothing waits and no bucket differs, and the hours count each document once."""
    from django.db import connection

    from analytics.facts.fold import fold_all
    from analytics.facts.proof import prove

    with connection.cursor() as cursor:
        # The comparison has no deadline, however slow this machine is just now.
        cursor.execute(NO_LIMITS)
        fold_all()
        cursor.execute(
            "SELECT (SELECT count(*) FROM invoices_invoice), (SELECT coalesce(sum(documents), 0) FROM facts_hour)"
        )
        issued, folded = cursor.fetchone()
    report = prove()
    connection.close()
    history.note("harness", "compared", documents=issued, in_hours=folded, **report)
    if issued != folded:
        yield Violation(
            kind="lost" if folded < issued else "doubled", invariant="I12", text=f"{folded} of {issued} folded"
        )
    if not (report["folded"] and report["equal"]):
        yield Violation(kind="wrong", invariant="I12", text=f"the figures differ from the documents: {report}")


@contextmanager
def prepared() -> Iterator[Figures]:
    """The servers and Django, with one database for all schedules."""
    from django.db import connection

    ground = Ground()
    try:
        ground.start()
        ground.new_database()
        connection.close()
        yield Figures(ground)
    finally:
        ground.stop()
