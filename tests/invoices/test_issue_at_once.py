"""Many issue at the same moment, and some of them fail: no number is left out, no reader sees a hole."""

from __future__ import annotations

import random
import threading
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from invoices import series as all_series
from invoices.audit import audit
from invoices.issue import BadDraft, issue
from invoices.models import Invoice, Series
from invoices.series import SeriesClosed
from streaming import feed as feeds
from streaming.models import Entry
from tests.invoices.samples import draft, drafts, kept_totals, ordinals_of, rows_of, summed_totals
from tests.invoices.threads import at_once
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

ISSUERS, TURNS = 8, 12


def issue_and_fail_at_random(series: Series, seed: int) -> int:
    """Take turns at issuing some; about a third fail before, in or after issue(). Returns how many were issued."""
    chance, issued = random.Random(seed), 0
    for _ in range(TURNS):
        count, fate = chance.randint(1, 20), chance.random()
        given = drafts(count)
        if fate < 0.15:
            given[-1] = draft("0.00")
        try:
            with transaction.atomic():
                issue(series_id=series.pk, drafts=given)
                if fate > 0.8:
                    transaction.set_rollback(True)
                    continue
            issued += count
        except IntegrityError:
            assert fate < 0.15
    return issued


def test_numbers_have_no_gap_although_a_third_of_all_issuers_fail(own_series: Series) -> None:
    counts = at_once(partial(issue_and_fail_at_random, own_series, seed) for seed in range(ISSUERS))
    issued = sum(count for count in counts if isinstance(count, int))
    assert len([count for count in counts if isinstance(count, int)]) == ISSUERS
    assert issued > 0
    assert ordinals_of(own_series) == list(range(1, issued + 1))
    assert kept_totals() == summed_totals()
    assert feeds.display("live").announced_count == issued


def test_ids_follow_the_numbers_of_a_series(own_series: Series) -> None:
    at_once(partial(issue_and_fail_at_random, own_series, seed) for seed in range(4))
    by_id = list(Invoice.objects.order_by("id").values_list("ordinal", flat=True))
    assert by_id == sorted(by_id) != []


def test_no_reader_ever_sees_a_hole_in_the_positions_of_a_feed(own_series: Series, shop_series: Series) -> None:
    """Two series, so that the feed's head alone decides the order: a position is visible with all before it."""
    done, holes, looks = threading.Event(), [], []

    def issue_for(series: Series, seed: int) -> None:
        chance = random.Random(seed)
        for turn in range(TURNS):
            count = chance.randint(1, 20)
            numbers = [f"{seed}/{turn}/{index}" if series == shop_series else None for index in range(count)]
            with transaction.atomic():
                issue(series_id=series.pk, drafts=[draft(number=number) for number in numbers])
                transaction.set_rollback(chance.random() < 0.3)

    def watch() -> None:
        while not done.is_set():
            ((last, total),) = rows_of("SELECT max(first_position + count - 1), sum(count) FROM streaming_entry")
            looks.append(last)
            if last != total:
                holes.append((last, total))
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    outcomes = at_once(
        partial(issue_for, series, seed) for seed, series in enumerate([own_series, shop_series] * (ISSUERS // 2))
    )
    done.set()
    watcher.join()
    assert outcomes == [None] * ISSUERS
    assert holes == []
    assert len(set(looks)) > 5
    positions = [
        position
        for first, count in Entry.objects.order_by("first_position").values_list("first_position", "count")
        for position in range(first, first + count)
    ]
    assert positions == list(range(1, feeds.display("live").announced_count + 1))


def test_entries_come_in_the_order_of_the_numbers_of_their_series(own_series: Series) -> None:
    at_once(partial(issue_and_fail_at_random, own_series, seed) for seed in range(4))
    firsts = list(Entry.objects.order_by("first_position").values_list("first_ordinal", flat=True))
    assert firsts == sorted(firsts)


def test_closing_a_series_while_many_issue_in_it_leaves_no_gap_and_lets_none_in_after(test_series: Series) -> None:
    def issue_until_closed() -> None:
        while True:
            issue(series_id=test_series.pk, drafts=drafts(3))

    def close() -> int:
        wait_for(lambda: len(ordinals_of(test_series)) >= 30, "some invoices")
        with transaction.atomic():
            all_series.close(test_series)
            # As a purge does: a feed without an open series has no totals to notify.
            all_series.open_test_series()
            return Series.objects.get(pk=test_series.pk).last_ordinal

    *issuers, last = at_once([issue_until_closed] * 4 + [close])
    assert [type(outcome) for outcome in issuers] == [SeriesClosed] * 4, issuers
    assert ordinals_of(test_series) == list(range(1, int(str(last)) + 1))


@pytest.mark.parametrize("announce", [True, False])
def test_issue_is_a_transaction_of_its_own(own_series: Series, announce: bool) -> None:
    """No caller rolls anything back: what was done before the bad draft is undone by `issue` itself."""
    with pytest.raises(IntegrityError):
        issue(series_id=own_series.pk, drafts=[draft(), draft("0.00")], announce=announce)
    own_series.refresh_from_db()
    assert (own_series.last_ordinal, ordinals_of(own_series), kept_totals()) == (0, [], set())
    assert feeds.display("live").announced_count == 0


@pytest.mark.parametrize("announce", [True, False])
def test_one_invoice_of_a_test_series_is_one_statement(test_series: Series, announce: bool) -> None:
    with CaptureQueriesContext(connection) as asked:
        issued = issue(series_id=test_series.pk, drafts=[draft()], announce=announce)
    # After the commit, the notification of an announced invoice carries the new totals.
    assert len(asked) == 1 + announce
    assert (issued.numbers, ordinals_of(test_series)) == (["DEMO1-000001"], [1])
    assert kept_totals() == summed_totals() != set()
    assert feeds.display("demo").announced_count == int(announce)


def test_one_invoice_that_is_refused_spends_no_number_where_no_transaction_is_open(test_series: Series) -> None:
    for wrong, error in ((draft("0.00"), IntegrityError), (draft(number="17"), BadDraft), (draft("1.005"), BadDraft)):
        with pytest.raises(error):
            issue(series_id=test_series.pk, drafts=[wrong])
    with pytest.raises(IntegrityError):
        issue(series_id=test_series.pk, drafts=[draft()], run_id=4711)
    assert issue(series_id=test_series.pk, drafts=[draft()]).first_ordinal == 1
    assert feeds.display("demo").announced_count == 1


def test_one_invoice_of_a_closed_or_unknown_series_is_refused_where_no_transaction_is_open(
    test_series: Series,
) -> None:
    all_series.close(test_series)
    for series_id in (test_series.pk, 4711):
        with pytest.raises(SeriesClosed, match=str(series_id)):
            issue(series_id=series_id, drafts=[draft()])
    assert ordinals_of(test_series) == []


def test_one_real_invoice_gets_its_link_in_the_chain_where_no_transaction_is_open(
    own_series: Series, shop_series: Series
) -> None:
    issue(series_id=own_series.pk, drafts=[draft()])
    issue(series_id=shop_series.pk, drafts=[draft(number="17")])
    assert audit()["ok"]


def test_many_who_issue_one_by_one_leave_no_gap(test_series: Series) -> None:
    def issue_some() -> None:
        for _ in range(TURNS):
            issue(series_id=test_series.pk, drafts=[draft()])

    assert at_once([issue_some] * ISSUERS) == [None] * ISSUERS
    assert ordinals_of(test_series) == list(range(1, ISSUERS * TURNS + 1))
    assert kept_totals() == summed_totals()
    assert feeds.display("demo").announced_count == ISSUERS * TURNS
