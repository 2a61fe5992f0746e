"""What the answers have for a client that knows the public interface and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from analytics.facts.fold import fold_all
from analytics.metrics.cache import Answers
from tests.analytics.metrics.ask import BASE, ask, rows, totals
from tests.analytics.sales import Shop, item
from tests.commerce.samples import keep_product

MARCH: dict[str, Any] = {"begin": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """Two invoices in riyals, one of them corrected later, and one in euros."""
    keep_product(shop.store.pk, "MUG", category="Home")
    first = shop.sell("2026-03-02T10:20", item("25", code="MUG"), customer="a", country="DE")
    shop.sell("2026-03-03T10:00", "100", customer="b", country="FR")
    shop.sell("2026-03-03T10:00", "50", currency="EUR")
    shop.refund("2026-03-08T10:00", "5", corrects=first, customer="a", country="DE")
    fold_all()
    return shop


def test_revenue_comes_with_the_number_of_invoices_and_their_average(sold: Shop) -> None:
    found = ask(metric="revenue", begin="2026-03-02", to="2026-03-02", currency="SAR")
    assert found["data"] == [
        {
            "date": "2026-03-02", "label": "2026-03-02", "currency": "SAR",
            "revenue": "25.00", "transactions": 1, "avg_order_value": "25.00",
        }
    ]  # fmt: skip
    assert found["totals"] == [{"currency": "SAR", "revenue": "25.00", "transactions": 1, "avg_order_value": "25.00"}]


def test_revenue_comes_alone_where_invoices_are_not_counted(sold: Shop) -> None:
    found = ask(metric="revenue", **MARCH, by="store", filter__category="Home", currency="SAR", convert="")
    assert found["totals"] == [{"store": "main", "currency": "SAR", "revenue": "25.00"}]


def test_a_body_may_have_the_names_of_the_query_string(sold: Shop) -> None:
    query = {"metric": "revenue", "from": "2026-03-01", "to": "2026-03-09", "grain": "week", "filter.category": "Home"}
    posted = Client().post(BASE + "metrics", json.dumps(query), content_type="application/json")
    assert posted.status_code == 200, posted.content
    assert posted.json()["data"] == Client().get(BASE + "metrics", query).json()["data"]
    refused = Client().post(BASE + "metrics", json.dumps({**query, "colour": "red"}), content_type="application/json")
    assert refused.json()["errors"][0]["field"] == "colour"


@pytest.mark.parametrize("given", [{"by": "category"}, {"metric": "unique_customers"}, {"dated": "sale"}])
def test_the_zone_of_the_store_may_be_named(sold: Shop, given: dict[str, str]) -> None:
    asked = {"metric": "refunds", **MARCH, **given}
    assert ask(**asked, tz="UTC")["data"] == ask(**asked)["data"]


def test_instants_of_a_clock_that_is_put_back_are_widened_to_one_hour(shop: Shop) -> None:
    west = Shop("west", timezone="US/Pacific")
    west.sell("2023-11-05T01:40:00-07:00", "10")
    west.sell("2023-11-05T01:40:00-08:00", "20", fold=True)
    hours = {"first": ("01:10:00-07:00", "01:50:00-07:00"), "second": ("01:10:00-08:00", "01:50:00-08:00")}
    found = {}
    for name, (begin, end) in hours.items():
        given = {"begin": f"2023-11-05T{begin}", "to": f"2023-11-05T{end}", "filter__store": "west"}
        found[name] = totals("revenue", **given)
    assert found == {"first": {"SAR": "10.00"}, "second": {"SAR": "20.00"}}
    both = {"begin": "2023-11-05T01:00-07:00", "to": "2023-11-05T01:00-08:00", "filter__store": "west", "grain": "hour"}
    assert rows("revenue", "revenue", **both) == ["10.00"]


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({}, 4), ({"currency": "EUR"}, 1), ({"filter__kind": "invoice"}, 3), ({"filter__country": "DE"}, 2),
        ({"begin": "2026-03-03T10:00Z", "to": "2026-03-03T11:00Z"}, 2), ({"filter__category": "Home"}, 4),
    ],
)  # fmt: skip
def test_the_explanation_counts_the_documents_of_its_filters(sold: Shop, given: dict[str, str], count: int) -> None:
    assert ask("explain", **{"metric": "revenue", **MARCH, **given})["documents"] == count


def test_the_documents_behind_refunds_by_the_date_of_the_sale_are_their_figure(sold: Shop) -> None:
    sold.refund("2026-04-02T10:00", "7")
    fold_all()
    for begin, to, numbers in (
        ("2026-03-01", "2026-03-07", ["CN-000001"]),
        ("2026-04-01", "2026-04-30", ["CN-000002"]),
    ):
        given = {"metric": "refunds", "begin": begin, "to": to, "dated": "sale"}
        found = ask("rows", **given)
        assert [row["number"] for row in found["items"]] == numbers
        assert {row["currency"]: row["value"] for row in found["sums"]} == totals(**given)


def test_the_earlier_period_has_a_row_for_what_was_sold_later(sold: Shop) -> None:
    week = {"metric": "revenue", "begin": "2026-03-02", "to": "2026-03-08", "by": "country", "compare": "previous"}
    found = ask(**week, currency="SAR")
    assert [row["country"] for row in found["comparison"]["totals"]] == ["DE", "FR"]
    assert {row["revenue"] for row in found["comparison"]["data"]} == {"0.00"}
    assert len(found["comparison"]["data"]) == len(found["data"]) == 14


def test_sums_of_one_table_are_read_by_one_statement(sold: Shop) -> None:
    statements: list[str] = []

    def note(execute: Any, sql: Any, *others: Any) -> Any:
        statements.append(str(sql))
        return execute(sql, *others)

    with connection.execute_wrapper(note):
        ask(metric="revenue,revenue_gross,vat,refunds,transactions,avg_order_value", **MARCH)
    assert len([sql for sql in statements if "FROM facts_day f" in sql]) == 1


def test_kept_answers_have_a_bound() -> None:
    answers = Answers(most=10)
    for key in "abc":
        answers.put(key, key * 4)
    answers.put("c", "cccc")
    assert [answers.get(key) for key in "abcd"] == ["", "bbbb", "cccc", ""]
    answers.put("huge", "x" * 11)
    assert [answers.get(key) for key in ("c", "huge")] == ["", ""]
    answers.clear()
    answers.put("d", "dddd")
    assert answers.get("d") == "dddd"
