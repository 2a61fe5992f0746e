"""What no table of facts is kept by: answered from the documents, equal to what the tables say, and bounded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from analytics.facts.fold import fold_all
from analytics.metrics import direct
from commerce.models import Product
from commerce.products import Article, Sku, record_products
from stores.rows import rows_of_all_stores
from tests.analytics.metrics.ask import ask, rows, totals
from tests.analytics.sales import Shop, item
from tests.commerce.samples import keep_product

MARCH: dict[str, Any] = {"begin": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """Mugs, plates and shipping to two customers and to an unknown one, with a credit note; the days are in UTC."""
    for code, category in (("MUG", "Home"), ("PEN", "Office")):
        keep_product(shop.store.pk, code, category=category)
    first = shop.sell("2026-03-02T10:20", item("25", code="MUG"), item("5", code="PEN"), customer="a", country="DE")
    shop.sell("2026-03-02T23:30", item("40", code="MUG", quantity="2"), "3", customer="b", country="FR")
    shop.sell("2026-03-10T08:00", item("7", code="PEN"))
    shop.refund("2026-03-12T09:00", item("5", code="PEN"), corrects=first, customer="a", country="DE")
    fold_all()
    return shop


def amounts(metric: str = "revenue", **given: Any) -> dict[tuple[str, ...], Decimal]:
    """The totals that are not 0, by the members of `by`."""
    names = given["by"].split(",")
    found = {tuple(row[name] for name in names): Decimal(row[metric]) for row in ask(metric=metric, **given)["totals"]}
    return {members: value for members, value in found.items() if value}


def test_category_and_country_are_answered_together(sold: Shop) -> None:
    assert amounts(**MARCH, by="category,country") == {
        ("Home", "DE"): 25, ("Home", "FR"): 40, ("(none)", "FR"): 3, ("Office", "(none)"): 7,
    }  # fmt: skip
    assert totals("revenue", **MARCH, filter__category="Office", filter__country="DE") == {"SAR": "0.00"}
    assert totals("refunds", **MARCH, filter__category="Office", filter__country="DE") == {"SAR": "5.00"}
    assert totals("units", **MARCH, filter__country="FR") == {None: "3"}


def test_the_category_of_a_variant_is_that_of_its_product(shop: Shop) -> None:
    mug = Article(code="MUG", name="Mug", category="Home", variants=(Sku(sku="MUG-RED", title="Red"),))
    record_products(shop.store.pk, [mug], keep_categories=False)
    shop.sell("2026-03-02T10:20", item("25", code="MUG-RED"), country="DE", fold=True)
    assert amounts(**MARCH, by="category") == {("Home",): 25}
    assert amounts(**MARCH, by="category,country") == {("Home", "DE"): 25}


@pytest.mark.parametrize("other", ["category", "product", "country"])
def test_segments_with_another_dimension_add_up_to_both(sold: Shop, other: str) -> None:
    found = amounts(**MARCH, by=f"{other},customer_segment")
    assert len({segment for _, segment in found}) > 1
    for place, name in enumerate((other, "customer_segment")):
        sums: dict[tuple[str, ...], Decimal] = {}
        for members, value in found.items():
            sums[(members[place],)] = sums.get((members[place],), Decimal(0)) + value
        assert {members: value for members, value in sums.items() if value} == amounts(**MARCH, by=name)


def test_categories_and_products_are_answered_by_hour_and_day(sold: Shop) -> None:
    day = {"begin": "2026-03-02", "to": "2026-03-02"}
    assert rows("revenue", "date", "revenue", **day, grain="hour", filter__category="Home") == [
        ("2026-03-02T10:00:00+00:00", "25.00"), ("2026-03-02T23:00:00+00:00", "40.00"),
    ]  # fmt: skip
    assert rows("revenue", "date", "revenue", **MARCH, filter__product="PEN") == [
        ("2026-03-02", "5.00"), ("2026-03-10", "7.00"), ("2026-03-12", "-5.00"),
    ]  # fmt: skip


def test_days_of_another_zone_have_categories_and_countries(sold: Shop) -> None:
    asked = {**MARCH, "tz": "Asia/Riyadh"}
    assert rows("revenue", "date", "revenue", **asked, filter__category="Home") == [
        ("2026-03-02", "25.00"), ("2026-03-03", "40.00"),
    ]  # fmt: skip
    assert rows("transactions", "date", **asked, filter__country="FR") == ["2026-03-03"]


def test_a_part_of_a_day_is_not_answered_by_the_whole_day(sold: Shop) -> None:
    morning = {"begin": "2026-03-02T10:00Z", "to": "2026-03-02T11:00Z"}
    assert totals("revenue", **morning, filter__category="Home") == {"SAR": "25.00"}
    assert totals("revenue", **morning, filter__country="FR") == {"SAR": "0.00"}
    whole = {"begin": "2026-03-02T00:00Z", "to": "2026-03-02T23:59:59Z"}
    assert totals("revenue", **whole, filter__category="Home") == {"SAR": "65.00"}
    assert totals("unique_customers", **whole) == {None: 2}


def test_a_part_of_a_month_is_not_answered_by_the_whole_month(sold: Shop) -> None:
    assert totals("revenue", begin="2026-03-03", to="2026-03-11", filter__product="PEN") == {"SAR": "7.00"}
    assert totals("revenue", **MARCH, filter__product="PEN") == {"SAR": "7.00"}
    assert totals("units", begin="2026-03-03", to="2026-03-31", filter__product="PEN", grain="month") == {None: "0"}


def test_the_documents_behind_such_a_figure_are_its_sum(sold: Shop) -> None:
    given = {**MARCH, "metric": "revenue", "filter__category": "Home", "filter__country": "FR"}
    found = ask("rows", **given)
    assert [row["value"] for row in found["items"]] == ["40.00"]
    assert {row["currency"]: row["value"] for row in found["sums"]} == totals(**given)
    assert ask("explain", **given)["metrics"][0]["sources"] == ["lines"]


def test_a_changed_category_is_answered_at_once(sold: Shop) -> None:
    given = {**MARCH, "filter__category": "Kitchen", "filter__country": "FR"}
    assert totals("revenue", **given) == {"SAR": "0.00"}
    rows_of_all_stores(Product).filter(code="MUG").update(category="Kitchen")
    assert totals("revenue", **given) == {"SAR": "40.00"}


def test_too_many_documents_are_refused_with_their_number(sold: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "MOST_DOCUMENTS", 3)
    asked = {"metric": "revenue", "by": "category,country"}
    refused = ask(**asked, **MARCH, status=422)
    assert refused["errors"][0]["field"] == "from"
    assert "4 documents" in refused["errors"][0]["message"]
    assert ask(**asked, begin="2026-03-01", to="2026-03-10")["totals"]
    assert ask(metric="revenue", by="category", **MARCH)["totals"]
