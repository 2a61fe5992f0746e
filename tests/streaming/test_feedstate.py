"""A hub's state of a feed and the frames it sends stay correct when notifications are lost, late or doubled."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from streaming.feedstate import FeedState
from streaming.framelog import LOG_FRAMES
from tests.streaming.world import HELLO_ROWS, RESUMABLE, Database, Hint, ModelScreen, SlowReading, read

JUMPS = st.sampled_from([1, 2, 3, 4, 5, 50, 51, 500, 501, 1100])
MOVES = st.lists(st.sampled_from(["show", "clear"]), max_size=4)


class FollowedFeed(RuleBasedStateMachine):
    """Rows are shown, screens cleared and databases exchanged while notifications get lost and screens come, freeze and go.

    Each screen checks every frame it gets; `settle` compares all of them with the database.
    """

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.database = Database()
        self.state = FeedState("demo")
        self.hints: list[Hint] = []
        self.reading: SlowReading | None = None
        self.screens: list[ModelScreen] = []
        self.epoch_count = 1

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.run()
            self.loop.close()

    def run(self) -> None:
        """Let everything that can go on do so."""

        async def turn() -> None:
            for _ in range(3):
                await asyncio.sleep(0)

        self.loop.run_until_complete(turn())

    def tell(self) -> None:
        async def tell() -> None:
            self.state.notify_followers()

        self.loop.run_until_complete(tell())

    # -- the database moves ---------------------------------------------------------------------------------------

    @rule(count=JUMPS)
    def rows_are_shown(self, count: int) -> None:
        self.hints += [self.database.show() for _ in range(count)]

    @rule()
    def screens_are_cleared(self) -> None:
        self.hints.append(self.database.clear())

    @rule()
    def totals_change(self) -> None:
        self.database.invoice_count += 1

    @precondition(lambda self: self.reading is None)
    @rule(count=JUMPS)
    def another_database_takes_its_place(self, count: int) -> None:
        self.epoch_count += 1
        self.database = Database(epoch=f"epoch{self.epoch_count}", last_seq=count)
        self.hints = []

    # -- notifications in any order -------------------------------------------------------------------------------

    @precondition(lambda self: self.hints and self.state.epoch == self.database.epoch)
    @rule(data=st.data(), keep=st.booleans())
    def a_hint_arrives(self, data: st.DataObject, keep: bool) -> None:
        """Any of them, in any order; some come twice."""
        index = data.draw(st.integers(max(0, len(self.hints) - 5), len(self.hints) - 1))
        self.hints[index](self.state)
        if not keep:
            self.hints.pop(index)
        self.tell()

    @precondition(lambda self: self.hints and self.state.epoch == self.database.epoch)
    @rule()
    def all_hints_arrive_in_order(self) -> None:
        for hint in self.hints:
            hint(self.state)
            self.tell()
        self.hints = []

    @rule()
    def hints_are_lost(self) -> None:
        self.hints = []

    # -- the hub reads, and much may happen meanwhile -------------------------------------------------------------

    @precondition(lambda self: self.reading is None)
    @rule(wants_status=st.booleans())
    def a_reading_begins(self, wants_status: bool) -> None:
        self.reading = SlowReading(
            self.database, self.state.last_seq, wants_status=wants_status or not self.state.status
        )

    @precondition(lambda self: self.reading is not None)
    @rule()
    def its_rows_are_read(self) -> None:
        assert self.reading is not None
        self.reading.read_rows()

    @precondition(lambda self: self.reading is not None and self.reading.is_read)
    @rule()
    def it_is_taken(self) -> None:
        assert self.reading is not None
        self.state.take(self.reading.finish())
        self.reading = None
        self.tell()

    @precondition(lambda self: self.reading is None and self.state.epoch == self.database.epoch)
    @rule(before=MOVES, after=MOVES)
    def hints_overtake_a_reading(self, before: list[str], after: list[str]) -> None:
        """What a reading saw is old by the time it is taken."""
        self.settle_state()
        self.a_reading_begins(wants_status=False)
        self.move(before)
        self.its_rows_are_read()
        reading = self.reading
        assert reading is not None
        taken = reading.finish()
        self.move(after)
        self.all_hints_arrive_in_order()
        self.reading = None
        self.state.take(taken)
        self.tell()

    def move(self, moves: list[str]) -> None:
        for move in moves:
            self.hints.append(self.database.show() if move == "show" else self.database.clear())

    # -- screens come, freeze and go ------------------------------------------------------------------------------

    @precondition(lambda self: self.reading is None)
    @rule(is_slow=st.booleans())
    def a_screen_opens(self, is_slow: bool) -> None:
        self.join(ModelScreen(is_slow=is_slow))

    @precondition(lambda self: self.reading is None and self.screens)
    @rule(data=st.data())
    def a_screen_resumes(self, data: st.DataObject) -> None:
        screen = data.draw(st.sampled_from(self.screens))
        if screen.last_seq is None:
            return
        screen.leave(self.state)
        self.join(screen, last_seq=screen.last_seq, epoch=screen.epoch)

    @precondition(lambda self: self.screens)
    @rule(data=st.data())
    def a_screen_leaves(self, data: st.DataObject) -> None:
        screen = data.draw(st.sampled_from(self.screens))
        screen.leave(self.state)

    @precondition(lambda self: self.screens)
    @rule(data=st.data(), count=st.integers(1, 20))
    def a_slow_screen_reads_on(self, data: st.DataObject, count: int) -> None:
        data.draw(st.sampled_from(self.screens)).read(count)
        self.run()

    def join(self, screen: ModelScreen, **resume: Any) -> None:
        """The hub reads before it says hello."""
        self.settle_state()
        wanted = self.expected_hello(**resume)

        async def join() -> None:
            screen.join(self.state, **resume)

        self.loop.run_until_complete(join())
        if screen not in self.screens:
            self.screens.append(screen)
        if not screen.is_slow:
            assert (screen.hello["reset"], [item["seq"] for item in screen.hello["items"]]) == wanted

    def expected_hello(self, last_seq: int | None = None, epoch: str | None = None) -> tuple[bool, list[int]]:
        """The contract's words about `hello`, in the order they stand there."""
        database = self.database
        newest = database.screen(database.last_seq - HELLO_ROWS + 1)
        if last_seq is None:
            return False, newest
        is_new = (
            database.last_seq - last_seq > RESUMABLE
            or (database.cleared_seq is not None and last_seq <= database.cleared_seq)
            or epoch != database.epoch
            or not 0 <= last_seq <= database.last_seq
        )
        return (True, newest) if is_new else (False, list(range(last_seq + 1, database.last_seq + 1)))

    def settle_state(self) -> None:
        async def settle() -> None:
            read(self.state, self.database)

        self.loop.run_until_complete(settle())

    # -- what must be true ----------------------------------------------------------------------------------------

    @precondition(lambda self: self.reading is None)
    @rule()
    def settle(self) -> None:
        """Every connected screen shows what the database holds, once all frames are sent."""
        self.settle_state()
        for screen in self.screens:
            screen.read(10_000)
        self.run()
        for screen in self.screens:
            if screen.connection is not None:
                assert screen.rows == self.database.screen(screen.since)
                assert screen.last_seq == self.database.last_seq
                assert screen.stats == {"invoice_count": self.database.invoice_count}
            screen.read(0)
        kept = list(self.state.rows)
        assert [seq for seq, _ in kept] == self.database.screen(self.database.last_seq - RESUMABLE + 1)

    @invariant()
    def every_frame_is_as_the_contract_says(self) -> None:
        for screen in getattr(self, "screens", []):
            assert screen.broken_promises == []

    @invariant()
    def what_is_kept_is_bounded(self) -> None:
        if hasattr(self, "state"):
            assert len(self.state.log.frames) <= LOG_FRAMES
            assert len(self.state.rows) <= RESUMABLE


TestFollowedFeed = FollowedFeed.TestCase
TestFollowedFeed.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


def totals(second: int) -> dict[str, Any]:
    return {"feed": "demo", "as_of": f"2026-11-21T12:00:{second:02}.000000Z"}


def test_totals_of_a_notification_are_taken_when_they_are_newer_and_read_otherwise() -> None:
    state = FeedState("demo")
    state.receive_totals(totals(2), every_seconds=0)
    assert (json.loads(state.stats), state.are_totals_due) == (totals(2), False)
    for older in (totals(1), totals(2), None):
        state.are_totals_due = False
        state.receive_totals(older, every_seconds=0)
        assert (json.loads(state.stats), state.are_totals_due) == (totals(2), True)


def test_totals_of_a_notification_that_comes_too_soon_after_others_are_read_later() -> None:
    state = FeedState("demo")
    state.receive_totals(totals(1), every_seconds=3600)
    state.receive_totals(totals(2), every_seconds=3600)
    assert (json.loads(state.stats), state.are_totals_due) == (totals(1), True)


def test_a_snapshot_read_that_a_notification_overtook_does_not_take_the_totals_back() -> None:
    state = FeedState("demo")
    state.begin_snapshot()
    state.receive_totals(totals(2), every_seconds=0)
    state.take_totals(totals(1))
    assert json.loads(state.stats) == totals(2)
    # The next reading is the truth, also where the database's clock was set back.
    state.begin_snapshot()
    state.take_totals(totals(1))
    assert json.loads(state.stats) == totals(1)
