"""A hub's state of a feed and the frames it sends stay correct when notifications are lost, late or doubled."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from streaming.feedstate import FeedState
from streaming.framelog import LOG_FRAMES
from tests.streaming.world import (
    HELLO_ROWS,
    RESUMABLE,
    Database,
    ModelScreen,
    Notification,
    SlowRead,
    known_state,
    read,
)

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
        self.notifications: list[Notification] = []
        self.read_in_progress: SlowRead | None = None
        self.screens: list[ModelScreen] = []
        self.epoch_count = 1

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.run()
            self.loop.close()

    def run(self) -> None:
        """Let the tasks of the screens run until they wait."""

        async def turn() -> None:
            for _ in range(3):
                await asyncio.sleep(0)

        self.loop.run_until_complete(turn())

    def notify_followers(self) -> None:
        async def notify_followers() -> None:
            self.state.notify_followers()

        self.loop.run_until_complete(notify_followers())

    # -- the database moves ---------------------------------------------------------------------------------------

    @rule(count=JUMPS)
    def rows_are_shown(self, count: int) -> None:
        self.notifications += [self.database.show() for _ in range(count)]

    @rule()
    def screens_are_cleared(self) -> None:
        self.notifications.append(self.database.clear())

    @rule()
    def totals_change(self) -> None:
        self.database.invoice_count += 1

    @precondition(lambda self: self.read_in_progress is None)
    @rule(count=JUMPS)
    def another_database_takes_its_place(self, count: int) -> None:
        self.epoch_count += 1
        self.database = Database(epoch=f"epoch{self.epoch_count}", last_seq=count)
        self.notifications = []

    # -- notifications in any order -------------------------------------------------------------------------------

    @precondition(lambda self: self.notifications and self.state.epoch == self.database.epoch)
    @rule(data=st.data(), keep=st.booleans())
    def a_notification_arrives(self, data: st.DataObject, keep: bool) -> None:
        """One of the last five notifications arrives; with `keep` it may arrive again."""
        index = data.draw(st.integers(max(0, len(self.notifications) - 5), len(self.notifications) - 1))
        self.notifications[index](self.state)
        if not keep:
            self.notifications.pop(index)
        self.notify_followers()

    @precondition(lambda self: self.notifications and self.state.epoch == self.database.epoch)
    @rule()
    def all_notifications_arrive_in_order(self) -> None:
        for notification in self.notifications:
            notification(self.state)
            self.notify_followers()
        self.notifications = []

    @rule()
    def notifications_are_lost(self) -> None:
        self.notifications = []

    # -- the hub reads, and much may happen meanwhile -------------------------------------------------------------

    @precondition(lambda self: self.read_in_progress is None)
    @rule(wants_status=st.booleans())
    def a_read_begins(self, wants_status: bool) -> None:
        self.read_in_progress = SlowRead(
            self.database, self.state.last_seq, wants_status=wants_status or not self.state.status
        )

    @precondition(lambda self: self.read_in_progress is not None)
    @rule()
    def the_read_fetches_its_rows(self) -> None:
        assert self.read_in_progress is not None
        self.read_in_progress.read_rows()

    @precondition(lambda self: self.read_in_progress is not None and self.read_in_progress.is_read)
    @rule()
    def the_snapshot_is_taken(self) -> None:
        assert self.read_in_progress is not None
        self.state.take(self.read_in_progress.finish())
        self.read_in_progress = None
        self.notify_followers()

    @precondition(lambda self: self.read_in_progress is None and self.state.epoch == self.database.epoch)
    @rule(before=MOVES, after=MOVES)
    def notifications_overtake_a_read(self, before: list[str], after: list[str]) -> None:
        """The snapshot is out of date when the hub takes it."""
        self.settle_state()
        self.a_read_begins(wants_status=False)
        self.move(before)
        self.the_read_fetches_its_rows()
        assert self.read_in_progress is not None
        snapshot = self.read_in_progress.finish()
        self.move(after)
        self.all_notifications_arrive_in_order()
        self.read_in_progress = None
        self.state.take(snapshot)
        self.notify_followers()

    def move(self, moves: list[str]) -> None:
        for move in moves:
            self.notifications.append(self.database.show() if move == "show" else self.database.clear())

    # -- screens come, freeze and go ------------------------------------------------------------------------------

    @precondition(lambda self: self.read_in_progress is None)
    @rule(is_slow=st.booleans())
    def a_screen_opens(self, is_slow: bool) -> None:
        self.join(ModelScreen(is_slow=is_slow))

    @precondition(lambda self: self.read_in_progress is None and self.screens)
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
        """Connect `screen` as the hub does, which reads first, and check the hello."""
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
        """`reset` and the sequence numbers of the hello, by the rules of the contract in their order."""
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

    @precondition(lambda self: self.read_in_progress is None)
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
    # The next snapshot read replaces the totals, also where the database's clock was set back.
    state.begin_snapshot()
    state.take_totals(totals(1))
    assert json.loads(state.stats) == totals(1)


def frames_of(state: FeedState) -> list[dict[str, Any]]:
    return [json.loads(text) for text in state.log.frames]


def test_frames_of_the_apps_above_are_sent_in_their_order_without_a_sequence_number() -> None:
    state = known_state(Database())
    state.receive_frames(['{"type":"order","order":1}', '{"type":"order","order":2}'])
    assert [frame["order"] for frame in frames_of(state)] == [1, 2]
    assert state.last_seq == 0


def test_a_status_that_frames_have_overtaken_is_not_sent_but_read_again() -> None:
    database = Database()
    state = known_state(database)
    known, version = state.status, state.log.status_version
    state.begin_status()
    state.receive_frames(['{"type":"order"}'])
    read(state, database)
    assert (state.status, state.log.status_version, state.is_status_due) == (known, version, True)
    state.begin_status()
    read(state, database)
    assert (state.log.status_version, state.is_status_due) == (version + 1, False)


def test_an_old_status_is_replaced_although_frames_keep_overtaking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streaming.feedstate.OLDEST_STATUS_SECONDS", 0.0)
    database = Database()
    state = known_state(database)
    version = state.log.status_version
    state.begin_status()
    state.receive_frames(['{"type":"order"}'])
    read(state, database)
    assert state.log.status_version == version + 1


def test_frames_that_come_while_a_screen_joins_make_a_status_due() -> None:
    state = known_state(Database())
    assert not state.log.followers
    state.receive_frames(['{"type":"order"}'])
    assert state.is_status_due
