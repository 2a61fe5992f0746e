"""The search tables follow the invoices, and whatever they cover, the same is found."""

from __future__ import annotations

import random

import psycopg
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from invoices import tasks
from invoices.generation import reset
from invoices.issue import issue
from invoices.models import Invoice, Series
from invoices.models.search import Chunk, Party, PartyWord, Posting
from invoices.search import find as finding
from invoices.search import upkeep
from invoices.search.numbers import ordinals
from tests.invoices.samples import draft, insert, row, run_sql
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db

WORDS = ["Nord", "Nordwind", "Ocean", "Sons", "& Sons", "Handel-Haus", "AG", "Ä", "o'Neil"]
QUERIES = ["nord", "nordw", "n", "o", "ocean ag", "sons &", "haus", "ä", "neil nord", "zz", "ag ag", "andel"]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "SMALL", 4)
    monkeypatch.setattr(upkeep, "LARGE", 16)


def issue_at_random(series: Series, count: int, chance: random.Random) -> None:
    names = [[" ".join(chance.sample(WORDS, 2)) for _ in range(2)] for _ in range(count)]
    issue(series_id=series.pk, drafts=[draft(seller_name=seller, buyer_name=buyer) for seller, buyer in names])


def by_hand(query: str) -> list[int]:
    """The ordinals that match, newest first, by reading every name."""
    rows = Invoice.objects.order_by("-ordinal").values_list("ordinal", "seller_name", "buyer_name")
    return [n for n, *names in rows if all(any(has(name, word) for name in names) for word in query.split())]


def has(name: str, word: str) -> bool:
    """Whether `word` begins a word of `name`."""
    name, word = name.replace("Ä", "A"), word.replace("ä", "a")
    places = [place for place in range(len(name)) if place == 0 or not name[place - 1].isalnum()]
    return any(name[place:].lower().startswith(word.lower()) for place in places)


def chunks() -> list[tuple[int, int]]:
    return list(Chunk.objects.order_by("first").values_list("first", "last"))


def test_every_page_is_the_same_for_any_state_of_the_search_tables(own_series: Series) -> None:
    chance = random.Random(7)
    for count in (3, 1, 9, 14, 40, 2):
        issue_at_random(own_series, count, chance)
        upkeep.catch_up()
        for query in QUERIES:
            expected = by_hand(query)
            assert finding.find(own_series, query, bound=1000, limit=1000) == expected
            pages, bound = list[int](), 1000
            while page := finding.find(own_series, query, bound=bound, limit=2):
                pages, bound = pages + page, page[-1]
            assert pages == expected
    assert chunks() == [(1, 16), (17, 32), (33, 48), (49, 64), (65, 68)]


def test_small_chunks_become_a_large_one(own_series: Series) -> None:
    for last in (4, 8, 12, 16):
        issue_at_random(own_series, 4, random.Random(last))
        assert upkeep.step()
    assert chunks() == [(1, 4), (5, 8), (9, 12), (13, 16)]
    assert upkeep.catch_up() == 1
    assert chunks() == [(1, 16)]
    assert Posting.objects.exclude(chunk__in=Chunk.objects.all()).count() == 0


def test_what_is_changed_or_deleted_by_hand_is_read_row_by_row_again(test_series: Series) -> None:
    issue_at_random(test_series, 8, random.Random(1))
    upkeep.catch_up()
    run_sql("UPDATE invoices_invoice SET buyer_name = 'Zeppelin' WHERE ordinal = 2")
    assert chunks() == []
    assert finding.find(test_series, "zepp", bound=100, limit=9) == [2]
    upkeep.catch_up()
    assert finding.find(test_series, "zepp", bound=100, limit=9) == [2]
    run_sql("DELETE FROM invoices_invoice WHERE ordinal = 2")
    assert (chunks(), finding.find(test_series, "zepp", bound=100, limit=9)) == ([], [])


def test_a_range_with_a_hole_is_not_covered(own_series: Series) -> None:
    run_sql("UPDATE invoices_series SET last_ordinal = 4 WHERE id = %s", own_series.pk)
    for ordinal in (1, 2, 4):
        insert(row(own_series, ordinal))
    assert upkeep.catch_up() == 0
    insert(row(own_series, 3, buyer_name="Late Comer"))
    assert finding.find(own_series, "late", bound=100, limit=9) == [3]
    assert upkeep.catch_up() == 1


def test_a_purge_takes_the_names_with_it(test_series: Series, own_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=[draft(buyer_name="Gone & Forgotten")] * 8)
    issue(series_id=own_series.pk, drafts=[draft(buyer_name="Here to Stay")] * 4)
    upkeep.catch_up()
    assert PartyWord.objects.filter(rest="forgotten").exists()
    reset.reset("demo", purge=True)
    upkeep.catch_up()
    assert set(Party.objects.values_list("name", flat=True)) == {"Here to Stay", "Nordwind GmbH"}
    assert not PartyWord.objects.filter(rest="forgotten").exists()
    assert [chunk.series_id for chunk in Chunk.objects.all()] == [own_series.pk]


def test_one_at_a_time(own_series: Series) -> None:
    issue_at_random(own_series, 4, random.Random(1))
    parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    with psycopg.connect(**parameters) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [upkeep.LOCK])
        assert not upkeep.step()
    assert upkeep.step()


@pytest.mark.django_db(transaction=True)
def test_a_sweep_starts_it_and_does_not_wait_for_it(own_series: Series) -> None:
    issue_at_random(own_series, 4, random.Random(1))
    tasks.sweep()
    wait_for(lambda: chunks() == [(1, 4)], "the thread to have covered them")
    wait_for(lambda: not upkeep._running.locked(), "it to end")


@given(st.integers(1, 30_000_000), st.integers(1, 8))
def test_ordinals_are_found_by_the_beginning_of_their_number(ordinal: int, length: int) -> None:
    digits = f"{ordinal:06d}"[:length]
    assert any(low <= ordinal <= high for low, high in ordinals(digits))
    for low, high in ordinals(digits):
        assert all(f"{edge:06d}".startswith(digits) for edge in (low, high))
        for outside in (low - 1, high + 1):
            assert outside < 1 or not f"{outside:06d}".startswith(digits)
