"""Start, stop, reset and remove a replay: refusals, and nothing changes outside the replay's own feed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from invoices.models import Invoice, Totals
from replays import figures, operations, player, window
from replays.models import Replay, ReplayTotals
from streaming import feed as feeds
from streaming import opening, pacer
from streaming.models import Cursor, Entry, Feed, Shown
from tests.replays.day import BEGIN, END, INSIDE, let_pass, start

pytestmark = pytest.mark.django_db


def show_all(feed: str) -> None:
    while feeds.display(feed).queued_count:
        Cursor.objects.filter(feed_id=feed).update(due_at="1970-01-01T00:00:00Z", shown_at=None)
        pacer.step(feed)


def test_a_replay_has_a_feed_of_its_own_that_shows_as_fast_as_its_own_time_goes(replay: Replay) -> None:
    assert replay.feed_name in feeds.feed_names()
    assert feeds.check_feed(replay.feed_name)
    display = feeds.display(replay.feed_name)
    assert (display.announced_count, display.rate_per_second) == (0, operations.DISPLAY_RATE)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("feed", {"source": "nowhere"}),
        ("feed", {"source": "replay-1"}),
        ("speed", {"speed": "0.5"}),
        ("speed", {"speed": "601"}),
        ("to", {"begin": END, "end": BEGIN}),
        ("to", {"end": BEGIN}),
        ("from", {"begin": BEGIN - timedelta(days=2), "end": BEGIN - timedelta(days=1)}),
        ("from", {"source": "demo"}),
    ],
)
def test_what_makes_no_replay_is_refused_by_its_field(day: None, field: str, values: dict[str, object]) -> None:
    arguments: dict[str, object] = {"begin": BEGIN, "end": END, **values}
    with pytest.raises(operations.BadReplay) as refusal:
        start(**arguments)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert not Replay.objects.exists()
    assert feeds.feed_names() == feeds.permanent_feeds()


def test_no_more_replays_run_at_once_than_the_limit(day: None) -> None:
    first, *_ = [start(BEGIN, END) for _ in range(operations.MOST_RUNNING)]
    with pytest.raises(operations.TooManyReplays):
        start(BEGIN, END)
    operations.stop(first.feed_name)
    assert start(BEGIN, END)


def test_a_stopped_clock_stands_still_and_cannot_be_stopped_again(replay: Replay) -> None:
    let_pass(replay, 10)
    stopped = operations.stop(replay.feed_name)
    assert stopped.ended_at
    assert stopped.clock(END + timedelta(days=9000)) == stopped.clock(stopped.ended_at)
    assert BEGIN + timedelta(minutes=10) <= stopped.clock(stopped.ended_at) < BEGIN + timedelta(minutes=20)
    with pytest.raises(operations.NotReplaying):
        operations.stop(replay.feed_name)


@pytest.mark.parametrize("feed", ["demo", "live", "replay-", "replay-x", "replay-0", f"replay-{10**30}", "replay-٣"])
def test_an_unknown_replay_can_be_neither_stopped_nor_removed(replay: Replay, feed: str) -> None:
    for call in (operations.stop, operations.remove):
        with pytest.raises(operations.UnknownReplay):
            call(feed)
    assert feeds.feed_names() == [*feeds.permanent_feeds(), replay.feed_name]


def test_reset_stops_it_skips_and_clears(replay: Replay) -> None:
    let_pass(replay, 45)
    player.tick()
    operations.reset(replay.feed_name)
    display = feeds.display(replay.feed_name)
    assert (display.queued_count, display.skipped_count, display.cleared_seq) == (0, 7, 0)
    assert Replay.objects.get().state == "stopped"
    assert all(proof.is_conserved for proof in feeds.prove())


def test_a_removed_replay_is_out_of_every_answer_and_its_rows_go_in_the_background(replay: Replay) -> None:
    let_pass(replay, 45)
    player.tick()
    show_all(replay.feed_name)
    kept = (Invoice.objects.count(), list(Totals.objects.order_by("id").values()))
    operations.remove(replay.feed_name)
    assert feeds.feed_names() == feeds.permanent_feeds()
    for ask in (feeds.check_feed, feeds.display, figures.read_stats):
        with pytest.raises(feeds.UnknownFeed):
            ask(replay.feed_name)
    assert pacer_is_done(replay.feed_name)
    assert Shown.objects.filter(feed_id=replay.feed_name).count() == 7
    while opening.delete_closed(limit=3):
        assert all(proof.is_conserved for proof in feeds.prove())
    assert not Feed.objects.filter(name=replay.feed_name).exists()
    assert not Entry.objects.filter(feed_id=replay.feed_name).exists()
    assert not ReplayTotals.objects.exists()
    assert (Invoice.objects.count(), list(Totals.objects.order_by("id").values())) == kept


def pacer_is_done(feed: str) -> bool:
    try:
        pacer.step(feed)
    except feeds.UnknownFeed:
        return True
    return False


def test_a_pacer_overtaken_by_the_removal_shows_nothing(replay: Replay) -> None:
    """It has loaded the next row, and then the feed is gone."""
    let_pass(replay, 45)
    player.tick()
    Cursor.objects.filter(feed_id=replay.feed_name).update(due_at="2100-01-01T00:00:00Z")
    next_row = pacer._load(feeds.display(replay.feed_name))
    operations.remove(replay.feed_name)
    while opening.delete_closed():
        pass
    assert pacer.step(replay.feed_name, next_row).seq is None


def test_the_newest_ended_replays_are_kept_and_running_ones_always(day: None) -> None:
    running = start(BEGIN, END)
    ended = []
    for _ in range(operations.KEPT + 2):
        ended.append(start(BEGIN, END))
        operations.stop(ended[-1].feed_name)
    assert operations.remove_old() == 2
    kept = {replay.feed_name for replay in [running, *ended[2:]]}
    assert set(feeds.feed_names()) == {*feeds.permanent_feeds(), *kept}
    assert operations.remove_old() == 0


def test_a_permanent_feed_is_never_closed(db: None) -> None:
    opening.close_feed("live")
    assert feeds.display("live")


def test_the_last_day_of_a_feed_is_offered_from_its_first_hour_to_its_last(day: None) -> None:
    assert window.last_day("live") == (BEGIN - timedelta(hours=1), END + timedelta(hours=1))
    assert window.last_day("demo") is None


@pytest.mark.parametrize(
    "changes", [{"speed": 601}, {"ends_at": BEGIN}, {"state": "stopped"}, {"reached_at": END}, {"state": "frozen"}]
)
def test_the_database_refuses_the_impossible(replay: Replay, changes: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Replay.objects.filter(pk=replay.pk).update(**changes)


def test_the_window_counts_as_many_as_it_must_show(replay: Replay) -> None:
    series, place = window.open_series("live"), window.Place(BEGIN, 0)
    assert window.count_after(series, place, END - timedelta(microseconds=1), at_most=100) == len(INSIDE)
    assert window.count_after(series, place, END, at_most=3) == 3
