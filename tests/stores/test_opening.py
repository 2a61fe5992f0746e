"""A new store has its series and its feed; names of one account say nothing about another."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invoices.documents.types import Kind
from invoices.models import Series
from orders.terms import prefix_of, terms_of
from stores.models import Store
from stores.opening import BadStore, Wanted, open_store
from stores.queries import read_store
from streaming import feed as feeds
from streaming.models import Cursor
from tests.stores.conftest import Two


def series_of(store: Store) -> list[tuple[str, str, str, str]]:
    rows = Series.objects.filter(store_id=store.pk).order_by("pk")
    return [(row.prefix, row.document, row.kind, row.pattern) for row in rows]


def test_a_store_has_a_series_for_invoices_and_one_for_credit_notes(two: Two) -> None:
    assert series_of(two.store) == [
        ("NORD-SHOP", "invoice", "internal", ""),
        ("NORD-SHOP-CN", "credit_note", "internal", ""),
    ]
    assert prefix_of(read_store("nord-shop"), Kind.CREDIT_NOTE) == "NORD-SHOP-CN"


def test_a_store_has_a_feed_that_shows_every_row_at_twenty_a_second(two: Two) -> None:
    assert feeds.check_feed("store-nord-shop") == "store-nord-shop"
    assert feeds.kind_of("store-nord-shop").controls == ["reset"]
    cursor = Cursor.objects.get(feed_id="store-nord-shop")
    assert (cursor.mode, cursor.rate_per_second) == ("every", Decimal(20))


def test_a_second_store_of_the_same_name_gets_another_slug_and_prefix(two: Two) -> None:
    second = open_store(two.account, Wanted(name="Nord Shop", currency="EUR"))
    assert second.slug.startswith("nord-shop-")
    assert series_of(second)[0][0] == second.prefix != "NORD-SHOP"


def test_a_default_prefix_that_is_cut_stays_unique_in_the_account(two: Two) -> None:
    first = open_store(two.account, Wanted(name="A very long shop name one", currency="EUR"))
    second = open_store(two.account, Wanted(name="A very long shop name two", currency="EUR"))
    assert first.prefix != second.prefix


def test_a_prefix_of_another_account_is_printed_all_the_same(two: Two) -> None:
    store = open_store(two.account, Wanted(name="T", currency="EUR", prefix="FOREIGN-SHOP"))
    assert store.prefix == "FOREIGN-SHOP"
    assert series_of(store) == [
        ("t.FOREIGN-SHOP", "invoice", "internal", "FOREIGN-SHOP-{n:06}"),
        ("t.FOREIGN-SHOP-CN", "credit_note", "internal", "FOREIGN-SHOP-CN-{n:06}"),
    ]


def test_a_long_prefix_of_another_account_gets_a_short_key(two: Two) -> None:
    store = open_store(two.account, Wanted(name="A rather long name", currency="EUR", prefix="FOREIGN-SHOP"))
    assert [row[0] for row in series_of(store)] == [f"s{store.pk}", f"s{store.pk}-CN"]


def test_a_prefix_of_the_same_account_is_refused(two: Two) -> None:
    with pytest.raises(BadStore, match="already") as refusal:
        open_store(two.account, Wanted(name="Other", currency="EUR", prefix="NORD-SHOP"))
    assert refusal.value.field == "prefix"
    assert not Store.objects.filter(name="Other").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "KWD"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"prefix": "lower"}, "prefix"),
        ({"prefix": "DEMO7"}, "prefix"),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_opened(two: Two, changes: dict[str, str], field: str) -> None:
    values: dict[str, str] = {"name": "Bad", "currency": "EUR", **changes}
    with pytest.raises(BadStore) as refusal:
        open_store(two.account, Wanted(**values))  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert not Store.objects.filter(name="Bad").exists()
    assert "store-bad" not in feeds.feed_names()


def test_a_demonstration_store_has_test_series(two: Two) -> None:
    demo = open_store(two.account, Wanted(name="Demo", currency="EUR", is_demo=True, prefix="TRY"))
    assert [row[2] for row in series_of(demo)] == ["test", "test"]


def test_the_seller_of_documents_is_the_name_until_details_are_given(two: Two) -> None:
    assert terms_of(read_store("nord-shop")).seller.name == "Nord Shop"
    seller = {"name": "Nord GmbH", "country": "DE", "electronic_address": {"scheme": "EM", "value": "a@b.de"}}
    Store.objects.filter(pk=two.store.pk).update(seller=seller, invoice_when="fulfilled")
    terms = terms_of(read_store("nord-shop"))
    assert (terms.seller.name, terms.seller.country, terms.invoice_when) == ("Nord GmbH", "DE", "fulfilled")
    assert terms.seller.electronic_address is not None
    assert terms.seller.electronic_address.value == "a@b.de"
