"""The rules: each actor does its steps at any time, in any order; `settle` heals and compares everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.system.chaos import checker
from tests.system.chaos.history import Event, History
from tests.system.chaos.model.actors import Pacer, Redis, Ticker, finish_stopping, reset_notification, until_due
from tests.system.chaos.model.hub import ModelScreen, Web, status_notification, totals_notification
from tests.system.chaos.model.store import Store
from tests.system.chaos.truth import Baseline

FIRST_RATE = Decimal(40)
RUN_RATES = st.sampled_from([Decimal(text) for text in ("0.7", "3", "3", "7", "10", "10", "20", "33.3", "33.3", "400")])
DISPLAY_RATES = st.sampled_from([Decimal(2), Decimal(15), FIRST_RATE, Decimal(300), Decimal(1000)])
PAUSES = st.sampled_from([1, 3, 10, 25, 100, 400, 1500, 6000])
WAYS = st.sampled_from(
    ["whole", "whole", "wait", "lost", "backwards", "first lost", "the last lost", "every other", "twice"]
)
WORKERS = st.integers(0, 5)
SINCE = Baseline(position=0, last_seq=0, run_id=0, series_count=1)
MOST_TURNS = 20_000


class Wrong(AssertionError):
    """The checker found violations; the text has the history and each violation."""

    def __init__(self, history: History, violations: list[checker.Violation]) -> None:
        super().__init__("\n".join(["", history.render(), *map(str, violations)]))
        self.violations = violations


class Desk(RuleBasedStateMachine):
    """Two tickers, two pacers, two hubs, operators and screens on one store."""

    steps: ClassVar[int] = 0
    sequences: ClassVar[int] = 0
    loop: ClassVar[asyncio.AbstractEventLoop | None] = None

    @initialize(rate=RUN_RATES, duration=st.sampled_from([1, 2]))
    def open(self, rate: Decimal, duration: int) -> None:
        Desk.sequences += 1
        self.store, self.redis, self.history = Store(), Redis(), History()
        self.tickers = [Ticker(self.store, self.redis) for _ in range(2)]
        self.pacers = [Pacer(self.store, self.redis) for _ in range(2)]
        self.webs = [Web(self.store) for _ in range(2)]
        self.screens: list[tuple[ModelScreen, Web]] = []
        self.a_screen_opens(0, False)
        self.start(rate, duration)
        self.a_tick_issues(0, 1500, "whole")

    # -- time and work ---------------------------------------------------------------------------------------------

    @rule(milliseconds=PAUSES)
    def time_passes(self, milliseconds: int) -> None:
        self._count()
        self.store.now += timedelta(milliseconds=milliseconds)

    @rule(who=WORKERS)
    def one_works(self, who: int) -> None:
        self._count()
        self._works(who)

    @rule(order=st.lists(WORKERS, min_size=2, max_size=12), pause=st.sampled_from([1, 4, 20]))
    def they_work_on(self, order: list[int], pause: int) -> None:
        """The processes of `order` do one step each, with `pause` milliseconds after each step."""
        for who in order:
            self._count()
            self._works(who)
            self.store.now += timedelta(milliseconds=pause)

    @rule(who=st.integers(0, 1), count=st.integers(1, 4), notifies=st.booleans(), way=WAYS)
    def rows_are_shown(self, who: int, count: int, notifies: bool, way: str) -> None:
        """A pacer shows the next rows in their time; it may not have sent the notification of the last one yet."""
        self._count()
        pacer, goal = self.pacers[who], self.store.cursor.last_seq + count
        while self.store.cursor.last_seq < goal and self.store.head > self.store.cursor.position:
            self._count()
            pacer.step()
            self.store.now += until_due(self.store)
        if notifies:
            pacer.step()
        self._deliver(way)

    @rule(who=st.integers(0, 1), milliseconds=PAUSES, way=WAYS)
    def a_tick_issues(self, who: int, milliseconds: int, way: str) -> None:
        self._count()
        self.store.now += timedelta(milliseconds=milliseconds)
        self.tickers[who].step()
        self.tickers[who].step()
        self._deliver(way)

    @rule(who=st.integers(0, 6))
    def one_dies(self, who: int) -> None:
        """One process dies, or (6) all of them and Redis at the same instant."""
        self._count()
        for process in [who] if who < 6 else range(6):
            self._dies(process)
        if who == 6:
            self.redis.wipe()

    # -- operators -------------------------------------------------------------------------------------------------

    @rule(rate=RUN_RATES, duration=st.sampled_from([1, 2]))
    def start(self, rate: Decimal, duration: int) -> None:
        self._count()
        run = self.store.active()
        if run is not None and run.state == "stopping":
            finish_stopping(self.store, self.redis, run, waits=True)
        if self.store.active() is not None:
            return
        target = int(rate * duration)
        if target:
            run = self.store.insert_run(rate, duration)
            self._note("start", status=201, run=run.id)
        self.redis.notifications.append(status_notification())

    @rule(waits=st.booleans(), dies=st.booleans())
    def stop(self, waits: bool, dies: bool) -> None:
        """Stop the run. `waits`: for the tick in progress, else roll it back; `dies`: between the two transactions."""
        self._count()
        run = self.store.active()
        if run is None or run.state != "running":
            return
        run.state = "stopping"
        if dies:
            self._note("stop", status=None, run=None)
            return
        finish_stopping(self.store, self.redis, run, waits=waits)
        counts = [self.store.invoice_count]
        self._note("stop", status=200, run=run.id, state=run.state, issued=run.final, counts=counts)

    @rule(purge=st.booleans(), waits=st.booleans(), dies=st.booleans())
    def reset(self, purge: bool, waits: bool, dies: bool) -> None:
        self._count()
        verb = "purge" if purge else "reset"
        run = self.store.active()
        if run is not None:
            run.state = "stopping"
            finish_stopping(self.store, self.redis, run, waits=waits)
        if dies:
            self._note(verb, status=None)
            return
        if purge:
            self.store.purge()
        self.store.skip_queued(clear=True)
        self.redis.notifications += [reset_notification(self.store), totals_notification()]
        self._note(verb, status=200, counts=[self.store.invoice_count])

    @rule()
    def skip(self) -> None:
        self._count()
        self.store.skip_queued(clear=False)
        self.redis.notifications.append(status_notification())

    @rule(mode=st.sampled_from(["every", "every", "latest"]), rate=DISPLAY_RATES)
    def pace(self, mode: str, rate: Decimal) -> None:
        self._count()
        self.store.cursor.mode, self.store.cursor.rate = mode, rate
        self._note("pace", status=200, asked={"mode": mode, "rate_per_second": float(rate)})

    # -- Redis -----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.redis.notifications)
    @rule(index=st.integers(0, 7), web=st.integers(0, 1), keep=st.booleans())
    def a_notification_arrives(self, index: int, web: int, keep: bool) -> None:
        """One of the last notifications arrives at one hub, in any order; with `keep` it may arrive again."""
        self._count()
        at = max(0, len(self.redis.notifications) - 1 - index)
        notification = self.redis.notifications[at] if keep else self.redis.notifications.pop(at)
        self._run(lambda: self.webs[web].receive(notification))

    @precondition(lambda self: self.redis.notifications)
    @rule(way=WAYS)
    def notifications_arrive(self, way: str) -> None:
        self._count()
        self._deliver(way)

    @rule(is_poison=st.booleans())
    def redis_is_wiped(self, is_poison: bool) -> None:
        self._count()
        if is_poison:
            self.redis.poison()
        else:
            self.redis.wipe()

    # -- screens ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.screens) < 4)
    @rule(web=st.integers(0, 1), is_slow=st.booleans())
    def a_screen_opens(self, web: int, is_slow: bool) -> None:
        self._count()
        screen = ModelScreen(f"screen {len(self.screens) + 1}", self.store)
        screen.is_slow = is_slow
        self.screens.append((screen, self.webs[web]))
        self._join(screen, self.webs[web])

    @rule(index=st.integers(0, 3), web=st.integers(0, 1))
    def a_screen_reconnects(self, index: int, web: int) -> None:
        """The screen joins either hub; the old hub notices late or never."""
        self._count()
        at = index % len(self.screens)
        screen, old = self.screens[at]
        self._run(lambda: screen.leave(old))
        self.screens[at] = (screen, self.webs[web])
        self._join(screen, self.webs[web])

    @rule(index=st.integers(0, 3))
    def a_screen_is_cut(self, index: int) -> None:
        self._count()
        screen, web = self.screens[index % len(self.screens)]
        self._run(lambda: screen.leave(web))

    @rule(index=st.integers(0, 3), count=st.integers(1, 20))
    def a_slow_screen_reads(self, index: int, count: int) -> None:
        self._count()
        self._run(lambda: self.screens[index % len(self.screens)][0].allow(count))

    # -- the end ---------------------------------------------------------------------------------------------------

    @rule()
    def settle(self) -> None:
        """Nothing breaks any more: the run ends, the queue empties, every screen gets its frames; then all is compared."""
        self._count()
        self._finish_work()
        self._run(self._bring_screens_up)
        found = checker.check(
            self.history, self.store.truth(), SINCE, [screen for screen, _ in self.screens], {"ok": True},
            float(FIRST_RATE),
        )  # fmt: skip
        if found:
            raise Wrong(self.history, found)

    def teardown(self) -> None:
        if hasattr(self, "screens"):
            self.settle()
            self._run(self._close)

    def _finish_work(self) -> None:
        for _ in range(MOST_TURNS):
            run = self.store.active()
            if run is None and self.store.head == self.store.cursor.position:
                break
            if run is not None:
                for ticker in self.tickers:
                    ticker.step()
            for pacer in self.pacers:
                pacer.step()
            queued = self.store.head > self.store.cursor.position
            self.store.now += until_due(self.store) if queued else timedelta(milliseconds=50)
        else:
            text = f"the work never ends: {self.store.active()}, {self.store.cursor}, head {self.store.head}"
            raise Wrong(self.history, [checker.Violation(kind="lost", invariant="I1", text=text)])
        for who in range(4):
            self._dies(who)

    def _bring_screens_up(self) -> None:
        """The hubs poll, whatever notifications were lost; slow screens read on; disconnected screens reconnect."""
        for web in self.webs:
            web.refresh()
            # What a whole page of rows put off, the hub does at its next look, a second later.
            while web.state.is_anything_due:
                web.refresh()
        for screen, web in self.screens:
            screen.is_slow = False
            screen.allow(10_000)
            if screen.connection is None:
                screen.join(web)

        del self.redis.notifications[:-5]

    def _close(self) -> None:
        for screen, web in self.screens:
            screen.leave(web)

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _works(self, who: int) -> None:
        """One step of process `who`: 0 and 1 are tickers, 2 and 3 pacers, 4 and 5 hubs."""
        match who // 2:
            case 0:
                self.tickers[who].step()
            case 1:
                self.pacers[who - 2].step()
            case _:
                self._run(lambda: self.webs[who - 4].step(wants_status=self.store.now.microsecond % 2 == 0))

    def _dies(self, who: int) -> None:
        match who // 2:
            case 0:
                self.tickers[who].die()
            case 1:
                self.pacers[who - 2].die()
            case _:
                self._web_dies(who - 4)

    def _deliver(self, way: str) -> None:
        """Deliver the recent notifications to the hubs, or lose, change or delay them."""
        sent = self.redis.notifications
        if way == "wait":
            return
        self.redis.notifications = []
        if way == "lost":
            return
        arriving = {"whole": sent, "backwards": sent[::-1], "the last lost": sent[:-1], "first lost": sent[1:],
                    "every other": sent[1::2], "twice": [*sent, *sent]}[way]  # fmt: skip

        def receive() -> None:
            for notification in arriving:
                for web in self.webs:
                    web.receive(notification)

        self._run(receive)

    def _web_dies(self, number: int) -> None:
        old, new = self.webs[number], Web(self.store)
        self.webs[number] = new
        for at, (screen, web) in enumerate(self.screens):
            if web is old:
                self._run(lambda screen=screen: screen.leave(old))  # type: ignore[misc]
                self.screens[at] = (screen, new)

    def _join(self, screen: ModelScreen, web: Web) -> None:
        def join() -> None:
            web.refresh()
            screen.join(web)

        self._run(join)

    def _note(self, verb: str, **data: Any) -> None:
        wall = self.store.now.timestamp()
        defaults = {"asked": None, "run": None, "state": None, "issued": None, "began": wall, "ended": wall}
        self.history.events.append(Event(wall=wall, who="user", what=verb, data={**defaults, **data}))

    def _run(self, do: Callable[[], object]) -> None:
        """Call `do` in the event loop, then give the tasks of slow screens a few turns."""
        if Desk.loop is None:
            Desk.loop = asyncio.new_event_loop()

        async def turn() -> None:
            are_any_slow = any(screen.is_slow for screen, _ in self.screens)
            do()
            if are_any_slow:
                for _ in range(3):
                    await asyncio.sleep(0)

        Desk.loop.run_until_complete(turn())

    @staticmethod
    def _count() -> None:
        Desk.steps += 1
