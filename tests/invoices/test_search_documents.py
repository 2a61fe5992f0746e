"""Search finds documents by external id, order, part of a number, product and folded name, covered or not."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection

from invoices import queries
from invoices.admin.search import search
from invoices.documents.issue import issue_documents
from invoices.documents.types import Document, Party
from invoices.models import Invoice, Series
from invoices.models.search import Chunk, NumberPart, PartyWord
from invoices.search import find as finding
from invoices.search import parts, upkeep
from invoices.search.own import newest_with
from tests.invoices.documents.samples import document, line
from tests.invoices.samples import run_sql

pytestmark = pytest.mark.django_db

MUELLER = Party(name="MÜLLER Véronique")
# Number of the source, and what is said besides.
DOCUMENTS: list[tuple[str, dict[str, Any]]] = [
    ("581475", {"external_id": "order:1042", "buyer": MUELLER}),
    ("581476", {"external_id": "1043", "order_reference": "PO-77-B"}),
    ("C/9", {"external_id": "7"}),
    ("42", {"lines": (line(description="Mug, größe L", product_code="MUG-01"), line(description="Teapot"))}),
    ("7000", {"lines": (line(description="Café crème", product_code="cc9"),), "buyer": Party(name="Øre Łódź")}),
]
FOUND = {
    "1042": [1], "order:1042": [1], "ORDER:10": [1], "der:104": [1], "104": [1, 2], "1043": [2], "7": [3, 5],
    "muller": [1], "müller": [1], "veronique": [1], "VERONIQUE MULLER": [1], "ore lodz": [5], "øre": [5],
    "po-77-b": [2], "77-B": [2], "7-B": [2], "po-77-bx": [],
    "581475": [1], "8147": [1, 2], "147": [1, 2], "475": [1], "C/9": [3], "c/9": [3], "op-58": [1, 2], "hop-5": [1, 2],
    "SHOP-581475": [1], "shop": [1, 2, 3, 4, 5], "42": [4], "700": [5], "000": [5], "00": [],
    "mug": [1, 2, 3, 4], "mug-01": [4], "G-01": [], "teapot mug": [4], "größe": [4], "grosse": [4], "teapot ocean": [4],
    "cafe creme": [5], "cc9": [5], "c9": [], "mug teapot x": [], "afé": [],
}  # fmt: skip


@pytest.fixture(params=["row by row", "by the search tables", "upgraded"])
def shop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Series:
    """The documents, which the search tables cover or not."""
    monkeypatch.setattr(upkeep, "SMALL", 1)
    monkeypatch.setattr(upkeep, "LARGE", 4)
    # Otherwise a chunk of five rows would keep none of its grams.
    monkeypatch.setattr(upkeep, "MOST_OF_CHUNK", 1)
    series = issue_them()
    if request.param == "row by row":
        return series
    assert upkeep.catch_up() > 0
    if request.param == "upgraded":
        make_old()
        assert upkeep.uncovered_count() == len(DOCUMENTS)
        assert upkeep.is_anything_due()
        assert upkeep.catch_up() > 0
    assert upkeep.uncovered_count() == 0
    return series


def issue_them() -> Series:
    series = Series.objects.create(prefix="SHOP", kind="external", feed_id="live")
    documents = [document(number=number, **said) for number, said in DOCUMENTS]
    issue_documents(series_id=series.pk, documents=documents)
    series.refresh_from_db()
    return series


def make_old() -> None:
    """The search tables as an earlier version has left them: names with their accents, and nothing else."""
    run_sql("DELETE FROM invoices_numberpart")
    run_sql("DELETE FROM invoices_partyword")
    run_sql("UPDATE invoices_chunk SET version = 1")
    run_sql(
        "DELETE FROM invoices_party WHERE name NOT IN"
        " (SELECT buyer_name FROM invoices_invoice UNION SELECT seller_name FROM invoices_invoice)"
    )
    run_sql("INSERT INTO invoices_partyword (party_id, rest) SELECT id, lower(name) FROM invoices_party")


def found(query: str) -> list[int]:
    items = queries.read_page("live", limit=50, query=query).items
    places = {f"SHOP-{number}": place for place, (number, _) in enumerate(DOCUMENTS, start=1)}
    return sorted(places[item["invoice_number"]] for item in items)


def test_documents_are_found_by_what_people_know_of_them(shop: Series) -> None:
    assert {query: found(query) for query in FOUND} == FOUND


def test_the_admin_finds_the_same_also_where_it_reads_all_rows(shop: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = Invoice.objects.all()
    listed = {query: sorted(search(everything, query).values_list("ordinal", flat=True)) for query in FOUND}
    assert listed == FOUND
    monkeypatch.setattr("invoices.admin.search.MOST_KEYS", 0)
    read = {query: sorted(search(everything, query).values_list("ordinal", flat=True)) for query in FOUND}
    assert read == FOUND


def test_pages_of_a_search_go_on_where_the_last_one_ended(shop: Series) -> None:
    pages, before = list[str](), queries.LARGEST_ID
    while True:
        page = queries.read_page("live", limit=1, query="ocean", before_id=before)
        pages += [item["invoice_number"] for item in page.items]
        if page.next_id is None:
            break
        before = page.next_id
    assert pages == ["SHOP-42", "SHOP-C/9", "SHOP-581476"]


def at_random(chance: random.Random, number: int) -> Document:
    ids = {
        "external_id": f"gid://shop/{chance.randrange(10**6)}-{number}",
        "order_reference": str(chance.randrange(5000)),
    }
    said = line(description=chance.choice(["Mug", "Müsli", "Tea pot"]), product_code=f"P{chance.randrange(30)}")
    return document(said, number=f"{chance.randrange(10**7)}x{number}", buyer=Party(name=chance.choice("AÄBÖ")), **ids)


def by_hand(query: str) -> list[int]:
    """The ordinals of numbers that have the text in them, newest first, by reading every row."""
    columns = ("printed_number", "invoice_number", "document__external_id", "document__details__order_reference")
    rows = Invoice.objects.order_by("-ordinal").values_list("ordinal", *columns)
    return [ordinal for ordinal, *numbers in rows if any(query in str(number or "").lower() for number in numbers)]


def test_parts_of_numbers_are_the_same_for_any_state_of_the_search_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "SMALL", 4)
    monkeypatch.setattr(upkeep, "LARGE", 16)
    series, chance = Series.objects.create(prefix="SHOP", kind="external", feed_id="live"), random.Random(3)
    for count in (7, 13, 24, 5):
        first = series.last_ordinal
        issue_documents(series_id=series.pk, documents=[at_random(chance, first + each) for each in range(count)])
        series.refresh_from_db()
        upkeep.catch_up()
        for query in (
            "gid",
            "gid:",
            "shop/1",
            "p/12",
            "123",
            "45",
            "1x",
            "99x",
            "op-5",
            "://s",
            *map(str, range(100, 400, 7)),
        ):
            if len(query) < 3:
                continue
            expected = by_hand(query)
            assert finding.find(series, query, bound=finding.NO_BOUND, limit=99) == expected, query
            assert finding.find(series, query, bound=20, limit=2) == [each for each in expected if each < 20][:2], query
    assert NumberPart.objects.filter(offsets=None).exists(), "the premise: a gram is in nearly all rows"


def test_a_chunk_that_is_gone_takes_its_grams_with_it(shop: Series) -> None:
    run_sql("DELETE FROM invoices_posting")
    run_sql("DELETE FROM invoices_chunk")
    assert not NumberPart.objects.exists()


def test_an_upgrade_goes_on_after_it_was_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "SMALL", 1)
    monkeypatch.setattr(upkeep, "LARGE", 2)
    issue_them()
    upkeep.catch_up()
    make_old()
    before = upkeep.uncovered_count()
    assert upkeep.step()
    assert 0 < upkeep.uncovered_count() < before
    upkeep.catch_up()
    assert set(Chunk.objects.values_list("version", flat=True)) == {upkeep.VERSION}
    assert PartyWord.objects.filter(rest__startswith="muller").exists()


@pytest.mark.parametrize(
    "text", ["000", "001", "123", "111", "1111", "0012", "100", "999999", "1000000", "inv-0", "v-1", "nv-00"]
)
@pytest.mark.parametrize("bound", [2, 1000, 100_012, 1_002_000])
def test_ordinals_are_found_by_any_part_of_their_number(text: str, bound: int) -> None:
    series = Series(prefix="INV", kind="internal")
    expected = [n for n in range(bound - 1, 0, -1) if text in f"inv-{n:06d}"][:7]
    assert newest_with(series, text, bound=bound, limit=7) == expected


def test_grams_of_a_long_number_are_few_and_have_both_ends() -> None:
    assert parts.grams_of("abcd") == ["abcd"]
    assert parts.grams_of("42") == ["42"]
    found = parts.grams_of("0123456789abcdefghij")
    assert (len(found), found[0], found[-1]) == (parts.MOST_GRAMS, "0123", "ghij")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("MÜLLER", "muller"), ("Straße", "strasse"), ("Łódź", "lodz"), ("Ærø", "aero"), ("naïve", "naive"),
        ("Ирина Йод", "ирина иод"), ("Τιμολόγιο", "τιμολογιο"), ("شَرِكَة", "شركة"), ("한국", "한국"), ("カフェ", "カフェ"),
        ("ﬁne", "fine"), ("Plain 1", "plain 1"), ("", ""),
    ],
)  # fmt: skip
def test_texts_are_folded_to_letters_without_accents(text: str, folded: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT invoices_fold(%s)", [text])
        assert cursor.fetchone() == (folded,)


def test_case_19_each_of_the_searches_finds_the_invoice(shop: Series) -> None:
    assert [found(query) for query in ("veronique", "muller", "1042")] == [[1]] * 3
