"""Search: a part of a number, or words that each begin a word of seller, buyer or product; any case, no accents."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from invoices import queries
from invoices.issue import issue
from invoices.models import Series
from invoices.search import upkeep
from tests.invoices.samples import draft

pytestmark = pytest.mark.django_db

PARTIES = [
    ("Nordwind GmbH", "Ocean & Sons"),
    ("Nordsee-Handel AG", "O'Neil Brothers"),
    ("Éclair Straße", "naïve Ångström"),
    ("100% Cotton (UK) [Ltd.]", "a_b $5 ^top"),
    ("C:\\Windows", "*** star"),
    ("شركة النور", "Ирина Лиза"),
]


@pytest.fixture(autouse=True, params=["row by row", "by the search tables"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same is found whether the upkeep has covered the invoices or not: here as soon as there are two."""
    monkeypatch.setattr(upkeep, "SMALL", 1)
    monkeypatch.setattr(upkeep, "LARGE", 4)
    return str(request.param)


def cover(way: str) -> None:
    if way != "row by row":
        assert upkeep.catch_up() > 0


@pytest.fixture
def parties(own_series: Series, way: str) -> Series:
    _issue_parties(own_series)
    cover(way)
    return own_series


def _issue_parties(own_series: Series) -> None:
    issue(
        series_id=own_series.pk,
        drafts=[draft(seller_name=seller, buyer_name=buyer) for seller, buyer in PARTIES],
    )


def found(query: str) -> list[int]:
    """The ordinals of the invoices that `query` finds on the live feed."""
    items = queries.read_page("live", limit=200, query=query).items
    return sorted(int(item["invoice_number"].rpartition("-")[2]) for item in items)


EVERYTHING = [1, 2, 3, 4, 5, 6]

FOUND = {
    "": EVERYTHING,
    "   ": EVERYTHING,
    "nord": [1, 2],
    "NORD": [1, 2],
    "Nordwind": [1],
    "nordwind gmbh": [1],
    "gmbh nordwind": [1],
    "nord ocean": [1],
    "ocean  nord": [1],
    "nord oneil": [],
    "wind": [5],
    "cean": [],
    "handel": [2],
    "neil": [2],
    "o'n": [2],
    "Nordsee-H": [2],
    "&": [1],
    "éclair": [3],
    "eclair": [3],
    "strasse": [3],
    "naive angstrom": [3],
    "ÉCLAIR": [3],
    "straße": [3],
    "ångström": [3],
    "ÅNG": [3],
    "ve": [],
    "شركة": [6],
    "ирина": [6],
    "inv-000002": [2],
    "INV-00000": EVERYTHING,
    "INV": EVERYTHING,
    "NV-000002": [2],
    "000002": [2],
    "002": [2],
    "nv-": EVERYTHING,
    "-00000": EVERYTHING,
    "0000": EVERYTHING,
    "02": [],
    "000007": [],
    "0002x": [],
    "2": [],
    "%": [],
    "100%": [4],
    "10_%": [],
    "INV%2": [],
    "INV_000002": [],
    "_": [],
    "a_b": [4],
    "(UK)": [4],
    "[Ltd.]": [4],
    "ltd.": [4],
    "lt..": [],
    ".*": [],
    ".": [],
    "nord.*": [],
    "^top": [4],
    "^nord": [],
    "$5": [4],
    "$": [4],
    "*** star": [5],
    "***": [5],
    "***=star": [],
    "c:\\w": [5],
    "\\": [5],
    "\\w": [5],
    "\\y": [],
    "(": [4],
    ")": [],
    "[": [4],
    "{": [],
    "+": [],
    "?": [],
    "|": [],
    "nord|ocean": [],
    "(?i)nord": [],
    "[a-z]": [],
    "'": [],
    '"': [],
    ";": [],
    "--": [],
    "%s": [],
    "%(number)s": [],
    "x" * 200: [],
    "a " * 100: [2, 3, 4],
    "\N{ACUTE ACCENT}": [],
}


@pytest.mark.parametrize(("query", "ordinals"), FOUND.items())
def test_a_search_finds_the_invoices_of_matching_parties(parties: Series, query: str, ordinals: list[int]) -> None:
    assert found(query) == ordinals


def test_a_number_is_matched_literally(shop_series: Series, way: str) -> None:
    issue(series_id=shop_series.pk, drafts=[draft(number=number) for number in ("50%", "50x", "5_1", "5x1", "a\\b")])
    cover(way)

    def matching(query: str) -> set[str]:
        return {item["invoice_number"] for item in queries.read_page("live", limit=9, query=query).items}

    assert matching("SHOP-50%") == {"SHOP-50%"}
    assert matching("shop-5_") == {"SHOP-5_1"}
    assert matching("SHOP-A\\") == {"SHOP-a\\b"}


def test_a_number_with_a_space_in_it_is_found_by_its_beginning(shop_series: Series) -> None:
    issue(series_id=shop_series.pk, drafts=[draft(number="7 a"), draft(number="7b")])
    items = (
        queries.read_page("live", limit=9, query="shop-7 ").items
        + queries.read_page("live", limit=9, query="SHOP-7 A").items
    )
    assert [item["invoice_number"] for item in items] == ["SHOP-7b", "SHOP-7 a", "SHOP-7 a"]


def test_search_goes_through_the_pages_like_everything_else(parties: Series) -> None:
    first = queries.read_page("live", limit=1, query="nord")
    assert first.next_id is not None
    second = queries.read_page("live", limit=1, query="nord", before_id=first.next_id)
    assert [page.items[0]["invoice_number"] for page in (first, second)] == ["INV-000002", "INV-000001"]
    assert second.next_id is None


def matches(query: str, number: str, *names: str) -> bool:
    """The contract in plain words, for ASCII."""
    text = query.strip().lower()
    if number.lower().startswith(text) or (len(text) > 2 and text in number.lower()):
        return True
    return all(
        any(
            name[start : start + len(word)].lower() == word.lower() and (start == 0 or not name[start - 1].isalnum())
            for name in names
            for start in range(len(name))
        )
        for word in query.split()
    )


texts = st.text(st.sampled_from("abAB1 -.*+?()[]{}^$|\\%_'&#~"), min_size=1, max_size=6).filter(str.strip)


@given(texts, texts, texts)
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@example("a", "-a", "b")
@example("\\", "a\\", "b")
@example("a-", "a-b", "b")
def test_any_query_is_taken_literally(way: str, query: str, seller: str, buyer: str) -> None:
    with transaction.atomic():
        issue(
            series_id=Series.objects.get(prefix="INV").pk,
            drafts=[draft(seller_name=seller, buyer_name=buyer)],
        )
        cover(way)
        assert bool(queries.read_page("live", limit=9, query=query).items) == matches(
            query, "INV-000001", seller, buyer
        )
        transaction.set_rollback(True)


@given(st.text(max_size=200).filter(lambda text: "\0" not in text and re.search("[\ud800-\udfff]", text) is None))
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_no_text_makes_the_database_stumble(query: str) -> None:
    queries.read_page("live", limit=9, query=query)
