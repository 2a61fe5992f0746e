"""The calls: names, refusals, cache, proof, comparison."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import cycle, product
from typing import Any

import pytest
from django.test import Client

from analytics.facts.fold import fold_all
from analytics.metrics import answer
from analytics.metrics.registry import METRICS
from quality.models import Quarantined
from tests.analytics.metrics.ask import BASE, ask, totals
from tests.analytics.sales import Shop

MARCH: dict[str, Any] = {"begin": "2026-03-01", "to": "2026-03-31"}


def test_the_names_of_the_paper_are_accepted(shop: Shop) -> None:
    shop.sell("2026-03-01T10:00", "10", fold=True)
    query = {"metric_type": "revenue", "start": "2026-03-01", "end": "2026-03-02", "granularity": "daily"}
    got = Client().get(BASE + "metrics", query).json()
    body = {
        "metric_type": "revenue",
        "time_range": {"start": "2026-03-01", "end": "2026-03-02"},
        "granularity": "daily",
        "filters": {"product_category": None},
    }
    posted = Client().post(BASE + "metrics", json.dumps(body), content_type="application/json")
    assert posted.status_code == 200, posted.content
    assert got["data"] == posted.json()["data"] == ask(metric="revenue", begin="2026-03-01", to="2026-03-02")["data"]
    assert [row["revenue"] for row in got["data"]] == ["10.00", "0.00"]


def test_an_answer_of_too_many_rows_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "MOST_ROWS", 2)
    shop.sell("2026-03-01T10:00", "10", fold=True)
    two, three = ({"metric": "revenue", "start": "2026-03-01", "end": f"2026-03-0{last}"} for last in (2, 3))
    assert Client().get(BASE + "metrics", two).status_code == 200
    refused = Client().get(BASE + "metrics", three)
    assert refused.status_code == 422
    assert "3 rows" in refused.content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "metric"),
        ({"metric": "fun"}, "metric"),
        ({"metric": "revenue", "by": "weather"}, "weather"),
        ({"metric": "transactions", "filter__category": "x"}, "category"),
        ({"metric": "unique_customers", "grain": "hour"}, "grain"),
        ({"metric": "unique_customers", "begin": "2026-03-01T10:00Z", "to": "2026-03-01T11:00Z"}, "from"),
        ({"metric": "revenue", "grain": "minute"}, "grain"),
        ({"metric": "revenue", "begin": "2026-03-02", "to": "2026-03-01"}, "to"),
        ({"metric": "revenue", "begin": "yesterday"}, "from"),
        ({"metric": "revenue", "begin": "2026-02-30"}, "from"),
        ({"metric": "revenue", "currency": "euro"}, "currency"),
        ({"metric": "revenue", "tz": "Mars"}, "tz"),
        ({"metric": "unique_customers", "tz": "Asia/Riyadh"}, "tz"),
        ({"metric": "revenue", "filter__store": "nowhere"}, "filter.store"),
        ({"metric": "revenue", "colour": "red"}, "colour"),
        ({"metric": "revenue", "begin": "0001-01-01", "to": "2026-03-01"}, "from"),
        ({"metric": "revenue", "begin": "2026-03-01", "to": "9999-12-31"}, "to"),
        ({"metric": "revenue", "begin": "0001-01-01T00:00+14:00"}, "from"),
        ({"metric": "revenue", "begin": "1900-01-01", "to": "2999-12-31", "grain": "year"}, "to"),
        ({"metric": "revenue", "begin": "1990-01-01", "to": "2030-01-01"}, "grain"),
        ({"metric": "revenue", "tz": "0" * 200}, "tz"),
        ({"metric": "revenue", "convert": "x"}, "convert"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(shop: Shop, given: dict[str, Any], field: str) -> None:
    assert ask(**given, status=422)["errors"][0]["field"] == field


WILD = (
    "0" * 200, "x" * 1001, "a\0b", "\ud7ff\U0010ffff", "-1", "9" * 40, "1e9", "' OR 1=1 --", "%(series)s", "%s {0}", ",,,",
    "0001-01-01", "9999-12-31", "9999-12-31T23:59:59.999999-12:00", "2026-W01-1T00+23:59", "2026-03-01T24:00",
    "../etc/passwd", "localtime", "Asia/Kathmandu", "XXX", "(none)", "kind,store,feed", "previous", "year", "hour", "week",
)  # fmt: skip
PARAMETERS = (
    "metric", "from", "to", "grain", "by", "currency", "convert", "tz", "compare", "week_start", "dated", "rate_policy",
    "filter.category", "filter.product", "filter.country", "not.customer_segment",
    "filter.kind", "filter.store", "not.feed", "limit", "cursor",
)  # fmt: skip


@pytest.mark.parametrize("call", ["cohorts", "segments"])
def test_no_value_of_a_period_is_an_error_of_the_server(shop: Shop, call: str) -> None:
    for name in ("from", "to", "currency", "filter.store", "not.feed", "by", "metric"):
        for value in WILD:
            answer = Client(raise_request_exception=False).get(BASE + call, {name: value})
            assert answer.status_code in (200, 422), (name, value, answer.content[:500])


@pytest.mark.parametrize("call", ["metrics", "explain", "rows"])
def test_no_value_of_any_parameter_is_an_error_of_the_server(shop: Shop, call: str) -> None:
    shop.sell("2026-03-01T10:00", "10", fold=True)
    metrics = cycle(["revenue", "total_customers", "lifetime_value", "units"])
    for name, value in product(PARAMETERS, WILD):
        given = {"metric": next(metrics), "from": "2026-03-01", "to": "2026-03-02", name: value}
        answer = Client(raise_request_exception=False).get(BASE + call, given)
        assert answer.status_code in (200, 422), (given, answer.content[:500])


def test_an_answer_says_truthfully_whether_it_was_kept(shop: Shop) -> None:
    shop.sell("2026-03-01T10:00", "10", fold=True)
    hits = [ask(metric="revenue", **MARCH)["metadata"]["cache_hit"] for _ in range(2)]
    assert hits == [False, True]
    shop.sell("2026-03-01T10:00", "5")
    assert totals("revenue", **MARCH) == {"SAR": "10.00"}
    fold_all()
    after = ask(metric="revenue", **MARCH)
    assert (after["metadata"]["cache_hit"], after["totals"][0]["revenue"]) == (False, "15.00")


def test_documents_that_are_held_are_counted_with_their_amounts(shop: Shop) -> None:
    held = [(Decimal("10.50"), "SAR"), (Decimal("1.50"), "SAR"), (Decimal(7), "EUR"), (None, "")]
    for line, (amount, currency) in enumerate(held):
        Quarantined.objects.create(
            source="file", source_id=1, line=line, key=f"{line}", digest=f"{line}", rule="differs", amount=amount,
            currency=currency,
        )  # fmt: skip
    Quarantined.objects.filter(key="0").update(state="set_aside")
    assert ask(metric="revenue", **MARCH)["metadata"]["held"] == {
        "rows": 3,
        "amount": [{"currency": "EUR", "amount": "7.00"}, {"currency": "SAR", "amount": "1.50"}],
    }


def test_every_figure_carries_its_proof(shop: Shop) -> None:
    shop.sell("2026-03-01T10:00", "10", fold=True)
    shop.sell("2026-03-01T11:00", "10")
    found = ask(metric="revenue", **MARCH)["metadata"]
    assert found["folded_to"] == {"INV": 1, "CN": 0}
    assert found["complete_until"] < found["as_of"]
    assert found["held"] == {"rows": 0, "amount": []}
    assert (found["engine"], found["timezone"], found["total_records"]) == ("postgres", "UTC", 31)
    fold_all()
    found = ask(metric="revenue", **MARCH)["metadata"]
    assert found["complete_until"] == found["as_of"]


def test_a_comparison_is_the_period_before_or_the_same_days_last_year(shop: Shop) -> None:
    shop.sell("2026-03-02T10:00", "10")
    shop.sell("2026-02-23T10:00", "7")
    shop.sell("2025-03-03T10:00", "3")
    fold_all()
    week = {"begin": "2026-03-02", "to": "2026-03-08", "metric": "revenue"}
    previous = ask(**week, compare="previous")["comparison"]
    assert previous["range"] == {"from": "2026-02-23", "to": "2026-03-01"}
    assert [row["revenue"] for row in previous["totals"]] == ["7.00"]
    year = ask(**week, compare="year")["comparison"]
    assert year["range"] == {"from": "2025-03-03", "to": "2025-03-09"}
    assert [row["revenue"] for row in year["totals"]] == ["3.00"]


def test_every_metric_of_the_catalogue_is_answered_and_explained(shop: Shop) -> None:
    number = shop.sell("2026-03-01T10:00", "10", customer="a")
    shop.refund("2026-03-02T10:00", "5", corrects=number, customer="a")
    fold_all()
    catalogue = ask("catalogue")["metrics"]
    assert {each["name"] for each in catalogue} == {each.name for each in METRICS if each.is_shown}
    for each in catalogue:
        for grain in each["grains"]:
            for by in ["", *each["dimensions"]]:
                by_day = "day" if by in ("category", "country", "customer_segment") and grain == "hour" else grain
                chosen = "month" if by == "product" and grain in ("hour", "day", "week") else by_day
                given = {"metric": each["name"], "grain": chosen, "by": by}
                assert ask(**given, begin="2026-02-01", to="2026-03-31")["data"], given
        explained = ask("explain", metric=each["name"], **MARCH, grain="month")
        assert explained["metrics"][0]["sql"], each
        assert explained["documents"] == 2
        if each["has_documents"]:
            assert ask("rows", metric=each["name"], **MARCH)["items"], each


def test_strangers_see_no_figure(shop: Shop, settings: Any) -> None:
    settings.INVOICEDASH_OPEN = False
    for call in ("metrics", "catalogue", "explain", "rows", "cohorts", "segments"):
        assert Client().get(BASE + call, {"metric": "revenue"}).status_code == 401


@pytest.mark.parametrize(
    "more", [{"filter__category": "Home"}, {"by": "category"}, {"by": "product"}, {"grain": "hour"}]
)
def test_refunds_by_the_date_of_the_sale_refuse_what_they_are_not_kept_by(shop: Shop, more: dict[str, str]) -> None:
    """A filter that is left out would make the figure too large."""
    ask(metric="refunds", dated="sale", status=422, **more)
