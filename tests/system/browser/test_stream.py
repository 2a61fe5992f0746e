"""The main task in a browser: START, watch, STOP, drain the backlog; and the behaviour on a lost connection."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.system.browser.desk import Desk, Product
from tests.waiting import wait_for

OpenDesk = Callable[..., Desk]


def test_nothing_starts_by_itself(desk: Desk, product: Product) -> None:
    desk.expect_state("Idle")
    expect(desk.start).to_be_enabled()
    expect(desk.stop).to_be_disabled()
    desk.expect_rows(0)
    assert product.stats()["invoice_count"] == 0


def test_words_buttons_and_figures_show_start_stop_and_drain(desk: Desk, product: Product) -> None:
    desk.start.click()
    desk.expect_state("Running")
    expect(desk.start).to_be_disabled()
    expect(desk.stop).to_be_enabled()
    expect(desk.rows.first).to_be_visible()
    wait_for(lambda: int(desk.figure("backlog")) >= 3, "a backlog")
    desk.stop.click()
    desk.expect_state("Processing backlog")
    issued = product.stats()["invoice_count"]
    expect(desk.start).to_be_enabled()
    desk.expect_state("Idle")
    desk.expect_rows(issued)
    assert desk.figure("stat-count") == str(issued) == str(product.stats()["invoice_count"])
    assert desk.figure("backlog") == "0"


def test_cards_hold_exactly_what_the_api_says(desk: Desk, product: Product) -> None:
    product.issue(1234, shown=False)
    stats = product.stats()
    expect(desk.see("stat-count")).to_have_text("1,234")
    assert desk.figure("stat-total") == stats["total_amount"]
    assert desk.figure("stat-vat") == stats["vat_amount"]
    assert desk.figure("stat-average") == stats["average_amount"]


def test_rows_come_newest_on_top_in_the_order_of_their_sequence(desk: Desk, product: Product) -> None:
    product.set_pace(50)
    product.start(rate=20, seconds=2)
    desk.expect_rows(40)
    seqs = desk.seqs()
    assert seqs == list(range(seqs[0], seqs[0] - 40, -1))
    assert desk.numbers() == [item["invoice_number"] for item in product.get("/api/invoices", limit=40)["items"]]


def test_the_options_set_rate_duration_and_seed(desk: Desk, product: Product) -> None:
    desk.page.get_by_role("button", name="Options").click()
    form = desk.page.locator('[data-form="start"]')
    form.get_by_label("Rate").fill("2.5")
    form.get_by_label("Duration").fill("2")
    form.get_by_label("Seed").fill("42")
    expect(form).to_contain_text("START issues 5 invoices.")
    desk.start.click()
    expect(desk.see("stat-count")).to_have_text("5")
    run = product.status()["run"]
    assert (run["rate_per_second"], run["duration_seconds"], run["seed"]) == (2.5, 2, 42)


def test_a_refusal_is_shown_in_words(desk: Desk, product: Product) -> None:
    product.start(rate=1, seconds=60)
    desk.expect_state("Running")
    desk.press_although_disabled(desk.start)
    expect(desk.page.locator('[data-bind="notice"]')).to_contain_text("run")
    expect(desk.stop).to_be_enabled()


def test_reset_clears_the_screens_and_keeps_invoices_and_totals(open_desk: OpenDesk, product: Product) -> None:
    product.issue(30)
    one, other = open_desk(), open_desk()
    one.expect_rows(30)
    other.expect_rows(30)
    one.reset.click()
    one.expect_rows(0)
    other.expect_rows(0)
    assert one.figure("stat-count") == "30"
    one.page.get_by_role("button", name="Show earlier invoices").click()
    one.expect_rows(30)
    assert one.seqs() == []


def test_a_purge_wants_its_word_typed(desk: Desk, product: Product) -> None:
    product.issue(20)
    desk.page.get_by_role("button", name="Options").click()
    desk.page.get_by_role("button", name="Purge…").click()
    dialog = desk.page.get_by_role("dialog")
    confirm = dialog.get_by_role("button", name="Purge", exact=True)
    expect(confirm).to_be_disabled()
    dialog.get_by_label("Type purge to confirm").fill("purge")
    confirm.click()
    expect(desk.see("stat-count")).to_have_text("0")
    desk.expect_rows(0)
    assert product.stats()["invoice_count"] == 0


def test_the_list_holds_still_while_the_reader_has_scrolled_away(desk: Desk, product: Product) -> None:
    product.issue(50)
    desk.expect_rows(50)
    desk.scroll_to(400)
    number, place = desk.row_on_top_of_view()
    product.start(rate=10, seconds=2)
    expect(desk.pill).to_be_visible()
    product.set_pace(100)
    expect(desk.pill).to_have_text("20 new")
    # Rows have fractional heights and the browser scrolls by whole pixels, so the row may move by less than one.
    number_after, place_after = desk.row_on_top_of_view()
    assert number_after == number
    assert place_after == pytest.approx(place, abs=1)
    desk.pill.click()
    expect(desk.pill).to_be_hidden()
    desk.expect_rows(70)
    assert desk.seqs() == sorted(desk.seqs(), reverse=True)


def test_rows_that_come_during_a_search_are_there_after_it(desk: Desk, product: Product) -> None:
    product.issue(30)
    desk.page.get_by_role("searchbox").fill("zzzzzz")
    expect(desk.page.get_by_text("No invoice matches.")).to_be_visible()
    product.issue(5)
    desk.page.keyboard.press("Escape")
    desk.expect_rows(35)


def test_a_row_chosen_by_keyboard_stays_in_place_while_rows_come(desk: Desk, product: Product) -> None:
    product.issue(30)
    desk.expect_rows(30)
    desk.page.keyboard.press("j")
    chosen = desk.page.locator(".is-chosen")
    before = chosen.bounding_box()
    assert before is not None
    product.issue(5)
    expect(desk.pill).to_have_text("5 new")
    # The browser scrolls by whole pixels, and rows have fractional heights.
    assert chosen.bounding_box() == pytest.approx(before, abs=1)
    desk.page.keyboard.press("t")
    desk.expect_rows(35)


def test_scrolling_on_goes_through_everything_issued(desk: Desk, product: Product) -> None:
    product.issue(700, shown=False)
    product.issue(60)
    desk.page.reload()
    desk.expect_rows(50)
    seen: set[str] = set()

    def reach_the_end() -> bool:
        seen.update(desk.numbers())
        desk.grid.evaluate("grid => grid.scrollBy(0, 1500)")
        return len(seen) == 760

    wait_for(reach_the_end, "all 760 invoices")
    assert desk.rows.count() < 200


def test_history_below_repeats_nothing_that_is_shown(desk: Desk, product: Product) -> None:
    product.issue(120)
    desk.page.reload()
    desk.expect_rows(50)
    desk.scroll_down()
    wait_for(lambda: desk.rows.count() > 50, "history")
    numbers = desk.numbers()
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("process", ["web", "pacer"])
def test_a_killed_process_costs_no_row_and_doubles_none(desk: Desk, product: Product, process: str) -> None:
    product.set_pace(10)
    product.start(rate=8, seconds=6)
    wait_for(lambda: len(desk.seqs()) > 5, "some rows")
    product.stack.kill(process)
    desk.expect_rows(48)
    seqs = desk.seqs()
    assert seqs == list(range(seqs[0], seqs[0] - 48, -1))
    desk.expect_connection("Connected")


def test_figures_are_greyed_without_frames_and_catch_up_afterwards(desk: Desk, product: Product) -> None:
    product.set_pace(20)
    pid = product.stack.kill("web", signal.SIGSTOP)
    try:
        desk.expect_connection("Stale")
        expect(desk.page.locator("[data-banner]")).to_contain_text("No word from the server since")
        expect(desk.see("stat-count")).not_to_have_css("opacity", "1")
    finally:
        os.kill(pid, signal.SIGCONT)
    desk.expect_connection("Connected")
    product.issue(10)
    desk.expect_rows(10)
    expect(desk.see("stat-count")).to_have_css("opacity", "1")


def test_a_tab_that_slept_catches_up_with_nothing_missed_or_doubled(desk: Desk, product: Product) -> None:
    product.set_pace(20)
    product.start(rate=20, seconds=6)
    wait_for(lambda: len(desk.seqs()) > 5, "some rows")
    session = desk.page.context.new_cdp_session(desk.page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    wait_for(product.is_idle, "the rest to be shown while the tab sleeps")
    session.send("Page.setWebLifecycleState", {"state": "active"})
    desk.expect_rows(100)
    seqs = desk.seqs()
    assert seqs == list(range(seqs[0], seqs[0] - 100, -1))
    expect(desk.see("stat-count")).to_have_text("120")


def test_a_tab_away_for_longer_than_is_kept_starts_again(desk: Desk, product: Product) -> None:
    product.issue(60)
    desk.expect_rows(60)
    pid = product.stack.pid("web")
    desk.page.evaluate("() => { window.Real = window.WebSocket; window.WebSocket = class { close() {} }; }")
    product.stack.kill("web")
    product.stack.wait_for_restart("web", pid)
    wait_for(product.stack.is_up, "web")
    product.issue(600)
    desk.page.evaluate("() => { window.WebSocket = window.Real; }")
    desk.expect_connection("Connected")
    wait_for(lambda: len(desk.seqs()) == 50, "the newest fifty")


def test_a_tab_that_was_offline_catches_up_with_nothing_missed_or_doubled(desk: Desk, product: Product) -> None:
    product.issue(5)
    desk.expect_rows(5)
    # Offline, and the sockets that are open are cut, as when a network goes.
    desk.page.context.set_offline(True)
    product.stack.kill("web")
    desk.expect_connection("Stale")
    wait_for(product.stack.is_up, "web")
    product.issue(20)
    desk.page.context.set_offline(False)
    desk.expect_rows(25)
    seqs = desk.seqs()
    assert seqs == list(range(seqs[0], seqs[0] - 25, -1))
    desk.expect_connection("Connected")
    assert desk.figure("stat-count") == "25"
