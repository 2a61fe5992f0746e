"""Figures of one store: of today for its screens, and by hour and day under the names of its contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from analytics.facts import loops
from analytics.facts.fold import fold_all
from analytics.metrics.of_store import NAMES, read_buckets, read_today
from analytics.metrics.query import BadQuery
from analytics.metrics.registry import UnknownMetric
from commerce import stock
from commerce.stock import Level
from runtime.clock import read_clock
from stores.queries import StoreFacts, read_store
from tests.analytics.sales import Shop, item
from tests.streaming.sent import SentFrames


def now() -> str:
    """The present instant, in the day that figures of today are of."""
    return datetime.now(UTC).isoformat()


@pytest.fixture
def main(shop: Shop) -> StoreFacts:
    return read_store("main")


def today(store: StoreFacts) -> dict[str, Any]:
    return {f"{each['name']} {each['currency']}": each["value"] for each in read_today(store)["metrics"]}


def test_figures_of_today_are_those_of_the_store_by_name_and_currency(shop: Shop, main: StoreFacts) -> None:
    other = Shop("other")
    other.sell(now(), "99.00")
    first = shop.sell(now(), item("10.00", quantity="2"))
    shop.sell(now(), "20.00")
    shop.sell((datetime.now(UTC) - timedelta(days=3)).isoformat(), "500.00")
    shop.refund(now(), "4.00", corrects=first)
    fold_all()
    assert today(main) == {
        "orders_count SAR": 2, "revenue_gross SAR": "29.90", "revenue_net SAR": "26.00", "vat SAR": "3.90",
        "refunds SAR": "4.00", "average_order SAR": "13.00", "items SAR": "2",
    }  # fmt: skip


def test_a_store_without_sales_today_has_zeros_and_no_average(main: StoreFacts) -> None:
    found = today(main)
    assert (found["orders_count SAR"], found["revenue_gross SAR"], found["average_order SAR"]) == (0, "0.00", None)


def test_buckets_have_value_count_and_the_beginning_in_utc(shop: Shop, main: StoreFacts) -> None:
    shop.sell("2026-03-01T10:15Z", "10.00")
    shop.sell("2026-03-01T10:45Z", "20.00")
    fold_all()
    day = {"from": ["2026-03-01"], "to": ["2026-03-01"]}
    hours = read_buckets(main, "revenue_gross", {"grain": ["hour"], **day})
    assert len(hours) == 24
    [sold] = [each for each in hours if each["count"]]
    assert (sold["value"], sold["count"], sold["currency"]) == ("34.50", 2, "SAR")
    assert sold["starts_at"] == "2026-03-01T10:00:00.000000Z"
    [whole] = read_buckets(main, "orders_count", {"grain": ["day"], **day})
    assert (whole["value"], whole["count"]) == (2, 2)
    assert whole["computed_at"] > whole["starts_at"]


def test_days_begin_in_the_zone_of_the_store(transactional_db: None) -> None:
    shop = Shop("berlin", timezone="Europe/Berlin")
    shop.sell("2026-03-01T10:15Z", "10.00")
    fold_all()
    [day] = read_buckets(read_store("berlin"), "items", {"from": ["2026-03-01"], "to": ["2026-03-01"]})
    assert day["starts_at"] == "2026-02-28T23:00:00.000000Z"


def test_low_stock_is_that_of_now(main: StoreFacts) -> None:
    levels = [Level(sku=name, title=name, available=count) for name, count in (("A", 0), ("B", 50), ("C", 2))]
    stock.record_levels(main, levels, read_at=read_clock())
    [found] = read_buckets(main, "stock_low", {})
    assert (found["value"], found["count"]) == (2, 2)


def test_the_call_answers_under_the_names_of_the_contract(shop: Shop, main: StoreFacts) -> None:
    shop.sell("2026-03-01T10:15Z", "10.00", fold=True)
    path = "/api/stores/main/metrics?bucket=day&from=2026-03-01&to=2026-03-02&name="
    items = Client().get(f"{path}revenue_net").json()["items"]
    assert [(each["value"], each["count"]) for each in items] == [("10.00", 1), ("0.00", 0)]
    for name in NAMES:
        assert Client().get(path + name).status_code == 200, name
    for query in (
        "name=visitors",
        "name=items&bucket=week",
        "name=items&from=never",
        "bucket=day",
    ):
        answer = Client().get(f"/api/stores/main/metrics?{query}")
        assert answer.status_code == 422, query
    assert Client().get("/api/stores/none/metrics?name=items").status_code == 404


@pytest.mark.parametrize("name", ["carts_created", "active_carts", "stock_low"])
def test_a_metric_without_a_source_has_no_values(main: StoreFacts, name: str) -> None:
    assert read_buckets(main, name, {}) == []


def test_both_names_of_a_metric_have_the_same_values(shop: Shop, main: StoreFacts) -> None:
    shop.sell(now(), "10.00", fold=True)
    for second, first in (("revenue_net", "revenue"), ("average_order", "avg_order_value"), ("items", "units")):
        values = [[each["value"] for each in read_buckets(main, name, {})] for name in (second, first)]
        assert values[0] == values[1]
        assert any(values[0])


def test_unknown_names_and_ranges_are_refused(main: StoreFacts) -> None:
    with pytest.raises(UnknownMetric):
        read_buckets(main, "visitors", {})
    with pytest.raises(BadQuery):
        read_buckets(main, "items", {"from": ["never"]})


def test_items_are_answered_by_hour(shop: Shop, main: StoreFacts) -> None:
    shop.sell("2026-03-01T10:15Z", item("10.00", quantity="2"), fold=True)
    hours = read_buckets(main, "items", {"grain": ["hour"], "from": ["2026-03-01"], "to": ["2026-03-01"]})
    assert {each["starts_at"]: each["value"] for each in hours if each["count"]} == {"2026-03-01T10:00:00.000000Z": "2"}


@pytest.fixture
def sent(transactional_db: None) -> Iterator[SentFrames]:
    found = SentFrames()
    yield found
    found.close()


def test_a_fold_sends_the_figures_to_the_screens_of_the_store(shop: Shop, sent: SentFrames) -> None:
    shop.sell(now(), "10.00")
    loops.fold_live()
    frames = sent.read()
    assert {(frame["feed"], frame["type"]) for frame in frames} == {("live", "metric")}
    values = {frame["name"]: frame["value"] for frame in frames}
    assert (values["orders_count"], values["revenue_gross"]) == (1, "11.50")
