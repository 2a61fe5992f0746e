"""The tick announces exactly what is due, each invoice once and in order, however often and late it runs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoices.audit import audit
from invoices.documents.issue import issue_documents
from invoices.issue import issue
from invoices.models import Series
from replays import figures, operations, player
from replays.models import Replay
from streaming import feed as feeds
from tests.invoices.documents.samples import credit_note, line, ours
from tests.invoices.threads import at_once
from tests.replays.day import BEGIN, END, INSIDE, announced, draft, in_window, let_pass, minutes, start

pytestmark = pytest.mark.django_db


def test_nothing_is_announced_before_its_own_moment(replay: Replay) -> None:
    let_pass(replay, 0.5)
    assert player.tick() == 0
    let_pass(replay, 3.5)
    assert player.tick() == 1
    assert minutes(announced(replay)) == [3]


def test_what_is_due_comes_in_the_order_of_date_and_issue_over_all_series(replay: Replay) -> None:
    let_pass(replay, 45)
    assert player.tick() == 7
    assert announced(replay) == in_window(BEGIN, END)[:7]
    assert minutes(announced(replay)) == [3, 5, 10, 12, 15, 15, 40]


def test_a_tick_more_changes_nothing(replay: Replay) -> None:
    let_pass(replay, 45)
    player.tick()
    assert player.tick() == 0
    assert len(announced(replay)) == 7


def test_a_replay_completes_at_the_end_of_its_window_and_not_with_its_last_invoice(replay: Replay) -> None:
    let_pass(replay, 59.5)
    player.tick()
    replay.refresh_from_db()
    assert (minutes(announced(replay)), replay.state) == (INSIDE, "running")
    let_pass(replay, 60)
    assert player.tick() == 0
    replay.refresh_from_db()
    assert (replay.state, replay.clock(END)) == ("completed", END)
    assert player.tick() == 0


def test_a_stall_is_caught_up_tick_by_tick(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "MOST_PER_TICK", 2)
    let_pass(replay, 60)
    counts = [player.tick() for _ in range(6)]
    assert counts == [2, 2, 2, 2, 1, 0]
    assert announced(replay) == in_window(BEGIN, END)
    replay.refresh_from_db()
    assert replay.state == "completed"


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.tuples(st.integers(1, 4), st.integers(3, 7)), waits=st.lists(st.floats(0, 20), max_size=6))
def test_however_it_is_cut_up_it_comes_to_the_same_rows(day: None, sizes: tuple[int, int], waits: list[float]) -> None:
    """Bounds, pauses and ticks for nothing make no difference."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(player, "MOST_PER_TICK", sizes[0])
        patch.setattr(player, "MOST_SORTED", sizes[1])
        replay = start(BEGIN, END)
        gone = 0.0
        for wait in waits:
            gone += wait
            let_pass(replay, gone)
            player.tick()
        let_pass(replay, 60)
        while Replay.objects.get(pk=replay.pk).state == "running":
            player.tick()
        assert announced(replay) == in_window(BEGIN, END)
        transaction.set_rollback(True)


def test_a_moment_that_holds_more_than_is_sorted_at_once_is_passed(
    replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are dated alike; slices before them shrink to nothing, and still it gets there and beyond."""
    monkeypatch.setattr(player, "MOST_SORTED", 2)
    let_pass(replay, 60)
    for _ in range(300):
        player.tick()
    assert announced(replay) == in_window(BEGIN, END)
    assert Replay.objects.get().state == "completed"


def test_what_is_stored_meanwhile_is_shown_when_its_time_is_still_to_come(replay: Replay, shop: Series) -> None:
    let_pass(replay, 20)
    player.tick()
    issue(series_id=shop.pk, drafts=[draft(7, number="late"), draft(30, number="early")], announce=False)
    let_pass(replay, 60)
    player.tick()
    assert minutes(announced(replay)) == [3, 5, 10, 12, 15, 15, 30, 40, 50, 59]


def test_rows_that_follow_each_other_in_a_series_are_one_entry(replay: Replay) -> None:
    let_pass(replay, 60)
    player.tick()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count FROM streaming_entry WHERE feed_id = %s ORDER BY first_position", [replay.feed_name]
        )
        # 3 | 5 10 | 12 | 15 15 | 40 | 50 | 59
        assert [count for (count,) in cursor.fetchall()] == [1, 2, 1, 2, 1, 1, 1]


def test_its_totals_are_those_of_what_it_announced_per_currency(replay: Replay) -> None:
    let_pass(replay, 14)
    player.tick()
    stats = figures.read_stats(replay.feed_name)
    assert (stats["currency"], stats["invoice_count"], stats["subtotal_amount"]) == ("SAR", 2, "215.00")
    assert (stats["vat_amount"], stats["total_amount"], stats["average_amount"]) == ("32.25", "247.25", "123.63")
    euros = figures.read_stats(replay.feed_name, "EUR")
    assert (euros["invoice_count"], euros["total_amount"]) == (2, "247.25")
    assert figures.read_stats(replay.feed_name, "CHF")["total_amount"] == "0.00"
    let_pass(replay, 60)
    player.tick()
    expected = sum((invoice.total_amount for invoice in in_window(BEGIN, END) if invoice.currency == "EUR"), Decimal(0))
    assert figures.read_stats(replay.feed_name, "EUR")["total_amount"] == f"{expected:.2f}"


def test_credit_notes_are_shown_and_taken_off_the_totals(replay: Replay) -> None:
    let_pass(replay, 14)
    player.tick()
    before = figures.read_stats(replay.feed_name, "EUR")
    issued_at = BEGIN + timedelta(minutes=16)
    reason = credit_note(line("1", "10", "0.2"), issued_at=issued_at, reason="Broken")
    issue_documents(series_id=ours("credit_note").pk, documents=[reason], announce=False)
    let_pass(replay, 20)
    assert player.tick() == 3
    after = figures.read_stats(replay.feed_name, "EUR")
    assert after["invoice_count"] == before["invoice_count"] == 2
    assert Decimal(before["total_amount"]) - Decimal(after["total_amount"]) == 12
    assert announced(replay)[-1].kind == "credit_note"


def test_without_the_usual_currency_the_screens_show_the_one_there_is(shop: Series) -> None:
    issue(series_id=shop.pk, drafts=[draft(3, currency="GBP", number="x")], announce=False)
    replay = start(BEGIN, END)
    assert figures.read_stats(replay.feed_name)["currency"] == "SAR"
    let_pass(replay, 60)
    player.tick()
    assert figures.read_stats(replay.feed_name)["currency"] == "GBP"


def test_two_replays_go_each_at_its_own_speed(replay: Replay) -> None:
    fast = start(BEGIN, END, speed="600")
    let_pass(replay, 4)
    let_pass(fast, 40.5)
    assert player.tick() == 8
    assert (minutes(announced(replay)), len(announced(fast))) == ([3], 7)


@pytest.mark.django_db(transaction=True)
def test_ticks_at_the_same_moment_announce_each_row_once(replay: Replay) -> None:
    let_pass(replay, 60)
    results = at_once([player.tick] * 6)
    assert sum(result for result in results if isinstance(result, int)) == len(INSIDE)
    assert announced(replay) == in_window(BEGIN, END)


@pytest.mark.django_db(transaction=True)
def test_the_audit_and_the_other_feeds_are_the_same_before_and_after(replay: Replay) -> None:
    before, live = audit(), feeds.display("live").announced_count
    let_pass(replay, 60)
    player.tick()
    after = audit()
    assert before["ok"]
    assert after["ok"]
    assert [feed["announced"] for feed in after["feeds"] if feed["feed"] == replay.feed_name] == [len(INSIDE)]
    for report in (before, after):
        report["feeds"] = [feed for feed in report["feeds"] if feed["feed"] in feeds.permanent_feeds()]
    assert before == after
    assert feeds.display("live").announced_count == live


def test_a_stopped_replay_announces_nothing_more(replay: Replay) -> None:
    let_pass(replay, 4)
    player.tick()
    operations.stop(replay.feed_name)
    let_pass(replay, 60)
    assert player.tick() == 0
    assert minutes(announced(replay)) == [3]
