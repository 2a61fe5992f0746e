"""Stock is the sum of its movements; what shops say becomes movements, and old news changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.models import Movement, StockLevel, Variant
from commerce.proof import prove
from commerce.stock import Level, count_low, mark_gone, read_page, record_levels
from stores.queries import StoreFacts, read_store
from stores.rows import rows_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def store() -> StoreFacts:
    return read_store("main")


def say(store: StoreFacts, *counts: int | None, sku: str = "MUG", minute: int = 0, location: str = "") -> None:
    """The shop says these counts, one each minute."""
    for later, count in enumerate(counts):
        level = Level(sku=sku, title="Mug", available=count, location=location)
        record_levels(store, [level], read_at=NOON + timedelta(minutes=minute + later))


def movements(store: StoreFacts) -> list[tuple[str, int, int]]:
    rows = rows_of(Movement, store.id).order_by("id")
    return [(each.kind, each.quantity, each.on_hand) for each in rows]


def available(store: StoreFacts) -> dict[str, int | None]:
    return {item["sku"]: item["available"] for item in read_page(store)[0]}


def test_a_count_becomes_a_movement_of_the_difference(store: StoreFacts) -> None:
    say(store, 5, 3, 3, 10)
    assert movements(store) == [("counted", 5, 5), ("counted", -2, 3), ("counted", 7, 10)]
    assert available(store) == {"MUG": 10}


def test_an_older_count_changes_nothing(store: StoreFacts) -> None:
    say(store, 5, minute=10)
    say(store, 9, minute=9)
    say(store, 4, minute=10)
    assert movements(store) == [("counted", 5, 5), ("counted", -1, 4)]


def test_what_is_not_counted_is_unknown_until_it_is_counted_again(store: StoreFacts) -> None:
    say(store, 5, None)
    assert available(store) == {"MUG": None}
    say(store, 5, minute=2)
    assert available(store) == {"MUG": 5}
    assert movements(store) == [("counted", 5, 5)]


def test_each_place_has_its_own_count(store: StoreFacts) -> None:
    say(store, 5, location="Kiel")
    say(store, 7, location="Bonn")
    assert [(item["location"], item["available"]) for item in read_page(store)[0]] == [("Kiel", 5), ("Bonn", 7)]
    assert rows_of(Variant, store.id).count() == 1


def test_what_the_shop_no_longer_has_is_not_listed_and_keeps_its_movements(store: StoreFacts) -> None:
    say(store, 1)
    say(store, 8, sku="BOOK", minute=5)
    assert mark_gone(store, NOON + timedelta(minutes=5)) == 1
    assert (available(store), count_low(store)) == ({"BOOK": 8}, 0)
    say(store, 2, minute=6)
    assert available(store) == {"MUG": 2, "BOOK": 8}
    assert [quantity for _, quantity, _ in movements(store)] == [1, 8, 1]


def test_counts_of_any_size_are_kept(store: StoreFacts) -> None:
    say(store, 2**31 - 1, -(2**31) + 1)
    assert available(store) == {"MUG": -(2**31) + 1}
    assert not prove()["wrong_levels"]


def test_a_new_title_is_kept_and_an_empty_one_is_not(store: StoreFacts) -> None:
    for later, title in enumerate(("Mug", "Large mug", "")):
        level = Level(sku="MUG", title=title, available=1)
        record_levels(store, [level], read_at=NOON + timedelta(minutes=later))
    assert rows_of(Variant, store.id).get().title == "Large mug"


@pytest.mark.parametrize(
    "statement",
    ["UPDATE commerce_movement SET quantity = 1", "DELETE FROM commerce_movement"],
)
def test_movements_are_never_changed_nor_deleted(store: StoreFacts, statement: str) -> None:
    say(store, 5)
    with (
        pytest.raises(IntegrityError, match="by another movement"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert movements(store) == [("counted", 5, 5)]


class TestTheProof:
    def test_it_counts_levels_and_movements(self, store: StoreFacts) -> None:
        say(store, 5, 3)
        say(store, None, sku="BOOK")
        assert prove() == {"stores": [{"store": "main", "levels": 2, "movements": 2}], "wrong_levels": []}

    def test_it_names_a_level_that_is_not_the_sum_of_its_movements(self, store: StoreFacts) -> None:
        say(store, 5, 3)
        rows_of(StockLevel, store.id).update(on_hand=4)
        wrong = {"store": "main", "sku": "MUG", "location": "", "on_hand": 4, "moved": 3}
        assert prove()["wrong_levels"] == [wrong]

    def test_it_names_a_level_with_a_movement_to_another_count(self, store: StoreFacts) -> None:
        say(store, 5)
        level = rows_of(StockLevel, store.id).get()
        for quantity, on_hand in ((1, 7), (-1, 5)):
            Movement(store_id=store.id, level=level, kind="counted", quantity=quantity, on_hand=on_hand, at=NOON).save()
        assert [each["sku"] for each in prove()["wrong_levels"]] == ["MUG"]


@given(said=st.lists(st.tuples(st.integers(0, 20), st.none() | st.integers(-5, 9)), max_size=12))
@settings(max_examples=25, deadline=None)
def test_in_any_order_the_newest_count_wins_and_the_sum_is_right(said: list[tuple[int, int | None]]) -> None:
    with transaction.atomic():
        store = read_store("main")
        for minute, count in said:
            say(store, count, minute=minute)
        assert not prove()["wrong_levels"]
        newest = max((minute for minute, _ in said), default=0)
        last = next((count for minute, count in reversed(said) if minute == newest), None)
        assert available(store) == ({"MUG": last} if said else {})
        transaction.set_rollback(True)


def test_the_admin_shows_stock_movements_and_customers(admin_client: Client, store: StoreFacts) -> None:
    say(store, 5, 3)
    [level] = rows_of(StockLevel, store.id)
    for path in ("stocklevel", "movement", "customer", f"stocklevel/{level.pk}/change", "product"):
        assert admin_client.get(f"/admin/commerce/{path}/").status_code == 200, path
    assert "MUG: 3" in admin_client.get("/admin/commerce/movement/").content.decode()
    assert admin_client.get("/admin/commerce/movement/add/").status_code == 403
