"""One screen's socket: frames in order, without delay, bounded, and without an effect on other screens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps

from streaming.framelog import LOG_FRAMES
from streaming.hub import Hub
from tests.streaming.world import Database, ModelScreen, known_state, read


def on_a_loop(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """Runs a test on an event loop of its own; its clock plays no part."""

    @wraps(test)
    def run() -> None:
        asyncio.run(test())  # type: ignore[arg-type]

    return run


async def turn() -> None:
    """Let everything that can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


@on_a_loop
async def test_a_reader_that_keeps_up_gets_frames_in_the_same_step() -> None:
    database = Database(last_seq=3)
    state = known_state(database)
    screen = ModelScreen()
    screen.join(state)
    assert screen.rows == [1, 2, 3]
    database.show()(state)
    state.notify_followers()
    assert screen.rows == [1, 2, 3, 4]


@on_a_loop
async def test_a_slow_reader_does_not_delay_others() -> None:
    database = Database()
    state = known_state(database)
    slow, quick = ModelScreen(is_slow=True), ModelScreen()
    slow.join(state)
    quick.join(state)
    for _ in range(100):
        database.show()(state)
        state.notify_followers()
    assert quick.rows == list(range(1, 101))
    assert slow.rows == []
    slow.read(1000)
    await turn()
    assert slow.rows == quick.rows


@on_a_loop
async def test_of_totals_and_status_a_slow_reader_gets_the_newest_alone() -> None:
    database = Database()
    state = known_state(database)
    slow, received = ModelScreen(is_slow=True), []
    take = slow.take
    slow.take = lambda frame: (received.append(frame["type"]), take(frame))[1]  # type: ignore[method-assign,func-returns-value]
    slow.join(state)
    for _ in range(50):
        database.invoice_count += 1
        read(state, database)
    slow.read(1000)
    await turn()
    assert received == ["hello", "stats", "status"]
    assert slow.stats == {"invoice_count": 50}


@on_a_loop
async def test_a_reader_that_fell_out_of_the_log_is_dropped_and_resumes() -> None:
    database = Database()
    state = known_state(database)
    slow, quick = ModelScreen(is_slow=True), ModelScreen()
    slow.join(state)
    quick.join(state)
    slow.read(1)
    await turn()
    for _ in range(LOG_FRAMES + 2):
        database.show()(state)
        state.notify_followers()
    assert len(state.log.frames) == LOG_FRAMES
    slow.read(1000)
    await turn()
    assert slow.is_dropped
    assert [each.rows for each in (quick,)] == [database.screen(1)]
    assert len(state.log.followers) == 1
    slow.join(state, last_seq=slow.last_seq, epoch=slow.epoch)
    slow.read(1)
    await turn()
    assert slow.hello["reset"] is True
    assert slow.rows == database.screen(database.last_seq - 49)


@on_a_loop
async def test_a_reader_at_the_very_end_of_the_log_is_kept() -> None:
    database = Database()
    state = known_state(database)
    slow = ModelScreen(is_slow=True)
    slow.join(state)
    for _ in range(LOG_FRAMES):
        database.show()(state)
        state.notify_followers()
    slow.read(5000)
    await turn()
    assert not slow.is_dropped
    assert slow.rows == database.screen(1)
    assert slow.broken_promises == []


@on_a_loop
async def test_a_socket_that_raises_is_forgotten_and_the_others_go_on() -> None:
    database = Database()
    state = known_state(database)
    broken, whole = ModelScreen(), ModelScreen()
    broken.join(state)
    whole.join(state)

    async def fail(_: str) -> None:
        raise ConnectionResetError

    assert broken.connection is not None
    broken.connection._send = fail
    database.show()(state)
    state.notify_followers()
    assert whole.rows == [1]
    assert len(state.log.followers) == 1


@on_a_loop
async def test_a_reader_that_left_in_the_middle_of_a_frame_gets_nothing_more() -> None:
    database = Database()
    state = known_state(database)
    slow = ModelScreen(is_slow=True)
    slow.join(state)
    connection = slow.connection
    database.show()(state)
    state.notify_followers()
    slow.leave(state)
    slow.connection = connection
    slow.read(1000)
    await turn()
    assert (slow.hello["type"], slow.rows) == ("hello", [])


@on_a_loop
async def test_a_reader_that_has_left_leaves_no_send_waiting() -> None:
    slow = ModelScreen(is_slow=True)
    slow.join(known_state(Database()))
    assert slow.connection is not None
    assert len(asyncio.all_tasks()) == 2
    Hub().leave("demo", slow.connection)
    await turn()
    assert asyncio.all_tasks() == {asyncio.current_task()}
