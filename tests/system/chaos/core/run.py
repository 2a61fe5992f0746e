"""Runs one schedule of the core set: work and faults for half a second, then heal, settle, compare."""

from __future__ import annotations

import heapq
import itertools
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from redis import Redis as RedisClient
from redis.exceptions import RedisError

from tests.system.chaos import checker
from tests.system.chaos.checker import Violation
from tests.system.chaos.core import actors
from tests.system.chaos.core.cast import Cast, Web
from tests.system.chaos.core.ground import NO_LIMITS, Ground
from tests.system.chaos.core.plan import CoreSchedule, make
from tests.system.chaos.faults import LOCKS, Fault
from tests.system.chaos.history import History
from tests.system.chaos.outcome import Outcome
from tests.system.chaos.truth import Baseline, is_quiet, read_baseline, read_counts, read_truth

SETTLE_SECONDS, STUCK_SECONDS = 20.0, 8.0
TURN_SECONDS, LOOK_SECONDS = 0.004, 0.03
SCHEDULES_PER_DATABASE = 40


class Core:
    """Runs schedules one after another; every few of them on a fresh database."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._count = 0

    def find(self, bug: str, seeds: Iterable[int]) -> Outcome | None:
        """The first schedule of the seeds that fails with `bug` planted."""
        self._count = 0
        try:
            return self.ground.find(bug, (self.run(make(seed)) for seed in seeds))
        finally:
            self._count = 0

    def run(self, schedule: CoreSchedule) -> Outcome:
        began = time.monotonic()
        if self._count % SCHEDULES_PER_DATABASE == 0:
            self._empty_redis()
            self.ground.new_database()
        self._count += 1
        scene = Scene(schedule, self.ground)
        try:
            violations = scene.play()
        finally:
            scene.end()
        if violations:
            # Whatever was left undone must not be blamed on the next schedule.
            self._count = 0
        return Outcome(
            seed=schedule.seed,
            title=schedule.title,
            plan=str(schedule),
            history=scene.history,
            violations=violations,
            seconds=time.monotonic() - began,
        )

    def _empty_redis(self) -> None:
        with RedisClient.from_url(self.ground.redis.url) as client:
            client.flushall()


@dataclass(order=True)
class Step:
    """Something to be done at a moment."""

    at: float
    number: int
    do: Callable[[], None] = field(compare=False)


class Scene:
    """The processes and the timeline of one schedule."""

    def __init__(self, schedule: CoreSchedule, ground: Ground) -> None:
        self.schedule = schedule
        self.history = History()
        self._ground = ground
        self._cast = Cast()
        self._web = Web(ground.root, 3)
        self._steps: list[Step] = []
        self._numbers = itertools.count()

    def play(self) -> list[Violation]:
        since = self._prepare()
        self._cast.add("web", self._web.play)
        for number in range(self.schedule.tickers):
            self._cast.add(f"ticker {number + 1}", actors.tick_until_killed)
        for number in range(self.schedule.pacers):
            self._cast.add(f"pacer {number + 1}", actors.pace_until_killed)
        self._turn_until(self._are_live, SETTLE_SECONDS)
        self.history.begin()
        self._plan()
        self._turn_until(lambda: not self._steps and not self._cast.calls, SETTLE_SECONDS)
        self.history.note("harness", "settling")
        self._heal()
        missing = self._settle()
        return [*missing, *self._check(since)]

    def end(self) -> None:
        self._heal()
        self._cast.clear()

    def _prepare(self) -> Baseline:
        from django.db import connection

        connection.close()
        rate = self.schedule.display_rate
        pace = "UPDATE streaming_cursor SET mode = 'every', rate_per_second = %s WHERE feed_id = 'demo'"
        self._ground.ask(lambda asked: asked.execute(pace, [rate]))
        return self._ground.ask(read_baseline)

    def _are_live(self) -> bool:
        self._web.read()
        return all(screen.frames for screen in self._web.screens)

    # -- the timeline ----------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        for act in self.schedule.acts:
            for _ in range(act.callers):
                self._at(act.at, lambda act=act: self._cast.call(act.verb, dict(act.arguments)))  # type: ignore[misc]
        for fault in self.schedule.faults:
            self._at(fault.at, lambda fault=fault: self._strike(fault))  # type: ignore[misc]

    def _at(self, seconds: float, do: Callable[[], None]) -> None:
        """Do it `seconds` after the beginning."""
        heapq.heappush(self._steps, Step(self.history.began + seconds, next(self._numbers), do))

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        self._at(time.time() - self.history.began + seconds, do)

    def _turn_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Let time pass, doing what is due, until the condition holds; False when it did not in that time."""
        deadline, next_look = time.monotonic() + seconds, 0.0
        while time.monotonic() < deadline:
            while self._steps and self._steps[0].at <= time.time():
                heapq.heappop(self._steps).do()
            self._ground.tend()
            self._cast.tend(self.history)
            if time.monotonic() >= next_look:
                if condition():
                    return True
                next_look = time.monotonic() + LOOK_SECONDS
            time.sleep(TURN_SECONDS)
        return False

    # -- faults ----------------------------------------------------------------------------------------------------

    def _strike(self, fault: Fault) -> None:
        self.history.note("fault", "struck", fault=fault.kind, target=fault.target or None, lasts=fault.lasts or None)
        kind, _, verb = fault.kind.partition("-")
        match kind, verb:
            case "kill", _:
                for pid in self._victims(fault.target):
                    self._cast.signal(pid, signal.SIGKILL)
            case "freeze", _:
                for pid in self._victims(fault.target):
                    self._freeze(pid, fault.lasts)
            case "postgres", _:
                self._strike_postgres(verb, fault)
            case "redis", _:
                self._strike_redis(verb, fault)

    def _victims(self, target: str) -> list[int]:
        if target == "caller":
            return [call.pid for call in self._cast.calls][:1]
        names = [name for name in self._cast.actors if name.startswith(target)]
        pid = self._cast.actors[names[-1]].pid
        return [pid] if pid else []

    def _freeze(self, pid: int, seconds: float) -> None:
        self._cast.signal(pid, signal.SIGSTOP)
        self._later(seconds, lambda: self._cast.signal(pid, signal.SIGCONT))

    def _strike_postgres(self, verb: str, fault: Fault) -> None:
        match verb:
            case "cut":
                self._send_to_postgres(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'invoicedash'"
                )
            case "immediate":
                self._ground.signal(self._ground.postgres, signal.SIGQUIT)
            case "crash":
                for pid in self._ground.pids_of_postgres()[-1:]:
                    self._cast.signal(pid, signal.SIGKILL)
            case "freeze":
                for pid in self._ground.pids_of_postgres():
                    self._freeze(pid, fault.lasts)
            case "lock":
                self._send_to_postgres(LOCKS[fault.target], then_hold_seconds=fault.lasts)

    def _send_to_postgres(self, statement: str, *, then_hold_seconds: float = 0.0) -> None:
        """Run `statement` in a process of its own, because PostgreSQL may be frozen. It waits 50 ms for a lock at most."""

        def send() -> None:
            with self._ground.connect() as connection, connection.transaction():
                connection.execute("SET LOCAL lock_timeout = 50")
                connection.execute(statement)
                time.sleep(then_hold_seconds)

        self._cast.send(send)

    def _strike_redis(self, verb: str, fault: Fault) -> None:
        match verb:
            case "flush":
                self._send_to_redis(lambda client: client.flushall())
            case "poison":
                self._send_to_redis(_poison)
            case "kill":
                self._ground.signal(self._ground.redis, signal.SIGKILL)
            case "freeze":
                self._ground.signal(self._ground.redis, signal.SIGSTOP)
                self._later(fault.lasts, lambda: self._ground.signal(self._ground.redis, signal.SIGCONT))

    def _send_to_redis(self, send: Callable[[RedisClient], object]) -> None:
        try:
            with RedisClient.from_url(self._ground.redis.url, socket_timeout=0.2) as client:
                send(client)
        except (RedisError, OSError):
            return

    def _heal(self) -> None:
        """Do all remaining steps now, such as continuing a stopped process, and end all faults."""
        while self._steps:
            heapq.heappop(self._steps).do()
        self._cast.heal()

    # -- the end ---------------------------------------------------------------------------------------------------

    def _settle(self) -> list[Violation]:
        """Wait as long as something moves."""
        seen = None
        while seen != (seen := self._progress()):
            if self._turn_until(self._is_settled, STUCK_SECONDS):
                self.history.note("harness", "settled")
                return []
        text = f"nothing moves for {STUCK_SECONDS:g} s and it is not settled; {seen}"
        return [Violation(kind="lost", invariant="I8", text=text)]

    def _progress(self) -> str:
        """A text that changes as long as the schedule makes progress."""
        screens = ", ".join(
            f"{screen.name} at {screen.last_seq} {screen.status.get('state')}" for screen in self._web.screens
        )
        return f"{self._ground.ask(read_baseline)} {screens}"

    def _is_settled(self) -> bool:
        self._web.read()
        if not all(screen.status.get("state") == "idle" for screen in self._web.screens):
            return False
        try:
            connection = self._ground.look()
            if not is_quiet(connection):
                return False
            last_seq, count = read_baseline(connection).last_seq, read_counts(connection)
        except psycopg.Error:
            return False
        return all(screen.is_current(last_seq, count) for screen in self._web.screens)

    def _check(self, since: Baseline) -> list[Violation]:
        truth = self._ground.ask(lambda asked: read_truth(asked, since))
        return checker.check(self.history, truth, since, self._web.screens, self._audit(), self.schedule.display_rate)

    def _audit(self) -> dict[str, Any]:
        from django.db import connection

        from invoices.audit import audit

        self._ground.wait_for(self._ground.postgres)
        try:
            with connection.cursor() as cursor:
                # The audit has no deadline, however slow this machine is just now.
                cursor.execute(NO_LIMITS)
            return audit()
        finally:
            connection.close()


def _poison(client: RedisClient) -> None:
    """Give every queued row the place of another, and say things that make no sense."""
    for key in client.scan_iter(match="invoicedash:queue:*"):
        members: Any = client.zrange(key, 0, -1, withscores=True)
        if not members:
            # The last row was shown since the key was found.
            continue
        scores = [score for _, score in members]
        moved = {member: scores[(index + 1) % len(scores)] for index, (member, _) in enumerate(members)}
        client.zadd(key, {**moved, b"garbage": scores[0] + len(scores)})
    for message in (b"", b"garbage", b"\x80"):
        client.publish("invoicedash__group__feeds", message)


@contextmanager
def prepared(bug: str | None = None) -> Iterator[Core]:
    """Servers, Django, template: started once for all schedules."""
    ground = Ground()
    try:
        ground.start()
        if bug:
            ground.plant(bug)
        yield Core(ground)
    finally:
        ground.stop()
