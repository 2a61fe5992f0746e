"""Public bug reports of other products, with the right values.

| reported to | test |
| --- | --- |
| risingwave 12072, velox 10183 | two_hours_of_a_clock_put_back; also in `facts/test_facts.py` |
| metabase 42406, 4495, 38214 | a_sale_in_the_night |
| timescaledb 7059 | days_of_23_and_25_hours |
| lightdash 28493 | the_first_and_last_sale_are_at_the_same_instants_in_any_zone |
| metabase 1987, 52405, bitmapist 86, mingo 527 | weeks_are_iso_weeks |
| woo-admin 5766 | five_sales_of_twenty |
| woocommerce 66217 | a_refund_in_two_parts |
| woocommerce 64035, 36895, 4757 | a_refund_takes_net_off_net |
| woocommerce 48775, 44444, 50480 | the_sum_over_products |
| datus 1426; carbon 1380 | documents_and_lines_are_never_multiplied; two_equal_lines |
| lightdash 17055, 16473 | the_total_of_a_ratio |
| cube 7069, DataDog docs 27008, lightdash 21536 | a_customer_of_three_days |
| PostHog 25998, 30624, growthbook 4353, moneat 455 | retention_is_weighted_by_size |
| Paymenter 1080, akaunting 758, SuiteCRM 5956, midday 353 | currencies_are_never_added |
| finops-toolkit 2093 | a_ratio_is_of_one_currency |
| metabase 8486, 53710, 11345, lightdash 4593, rill 1469 | a_not_filter_keeps; the_rows_behind_a_figure |
| kibana 95459 | an_empty_bucket_is_zero_for_sums |
| dbt-core 10867, 11129, 15518 | a_late_document; `facts/test_facts.py`: of forty days ago, folds_did_not_run_for_long |
| sqlmesh 3433 | the_ends_of_a_range_are_exact |
| ClickHouse 69304, 95730, orionbelt 338, duckdb 13512 | ratios_are_exact |
| superset 28562, metabase 17212 | the_rows_behind_a_figure |
| lightdash 9741, 9754 | figures_do_not_depend_on_the_readers_zone |
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from analytics.facts.fold import fold_all
from analytics.facts.restate import restate
from analytics.metrics import grains, money
from analytics.metrics.models import Rate
from tests.analytics.metrics.ask import ask, rows, totals
from tests.analytics.sales import Shop, item, prove
from tests.commerce.samples import keep_product

MARCH: dict[str, Any] = {"begin": "2026-03-01", "to": "2026-03-31"}
ZERO = Decimal(0)


@pytest.fixture
def products(shop: Shop) -> Shop:
    for code, category in (("A", "electronics"), ("B", "furniture"), ("C", "")):
        keep_product(shop.store.pk, code, category=category)
    return shop


class TestTime:
    def test_two_hours_of_a_clock_put_back_are_two_buckets(self, shop: Shop) -> None:
        west = Shop("west", timezone="US/Pacific")
        west.sell("2023-11-05T01:40:00-07:00", "10")
        west.sell("2023-11-05T01:40:00-08:00", "20")
        fold_all()
        given = {"begin": "2023-11-05", "to": "2023-11-05", "filter__store": "west", "grain": "hour"}
        assert rows("revenue", "date", "revenue", **given) == [
            ("2023-11-05T01:00:00-07:00", "10.00"),
            ("2023-11-05T01:00:00-08:00", "20.00"),
        ]
        assert len(ask(metric="revenue", **given)["data"]) == 25

    def test_a_sale_in_the_night_counts_on_the_stores_day_and_month(self, shop: Shop) -> None:
        Shop("york", timezone="America/New_York").sell("2026-03-01T02:00Z", "10", fold=True)
        given = {"begin": "2026-02-01", "to": "2026-03-31", "filter__store": "york"}
        assert rows("revenue", "date", **given) == ["2026-02-28"]
        assert rows("revenue", "label", **given, grain="month") == ["2026-02"]

    def test_days_of_23_and_25_hours_have_their_sums(self, shop: Shop) -> None:
        berlin = Shop("berlin", timezone="Europe/Berlin")
        amman = Shop("amman", timezone="Asia/Amman")
        for day in ("2026-10-24T22:00Z", "2026-10-25T22:59Z", "2026-10-25T23:00Z"):
            berlin.sell(day, "1")
        for day in ("2021-03-25T21:59Z", "2021-03-25T22:00Z", "2021-03-26T20:59Z", "2021-03-26T21:00Z"):
            amman.sell(day, "1")
        fold_all()
        found = rows("revenue", "date", "revenue", begin="2026-10-24", to="2026-10-26", filter__store="berlin")
        assert found == [("2026-10-25", "2.00"), ("2026-10-26", "1.00")]
        given = {"filter__store": "amman", "begin": "2021-03-25", "to": "2021-03-27"}
        found = rows("revenue", "date", "revenue", **given)
        assert found == [("2021-03-25", "1.00"), ("2021-03-26", "2.00"), ("2021-03-27", "1.00")]
        for day, count in (("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)):
            data = ask(metric="revenue", begin=day, to=day, grain="hour", filter__store="berlin")["data"]
            assert len(data) == count, day

    def test_the_first_and_last_sale_are_at_the_same_instants_in_any_zone(self, shop: Shop) -> None:
        sales = ("2026-03-01T00:00:00+00:00", "2026-03-02T23:00:00+00:00")
        for moment in sales:
            shop.sell(moment, "10")
        fold_all()
        for zone in ("store", "Asia/Riyadh", "America/New_York"):
            given = {"begin": "2026-02-28", "to": "2026-03-03", "tz": zone}
            hours = [datetime.fromisoformat(at) for at in rows("revenue", "date", **given, grain="hour")]
            documents = [datetime.fromisoformat(row["at"]) for row in ask("rows", metric="revenue", **given)["items"]]
            assert hours == documents[::-1] == [datetime.fromisoformat(moment) for moment in sales], zone

    def test_weeks_are_iso_weeks(self, shop: Shop) -> None:
        for day in ("2027-01-01", "2024-12-30", "2016-01-01"):
            shop.sell(f"{day}T10:00", "1")
        fold_all()
        assert rows("revenue", "label", begin="2016-01-01", to="2027-01-01", grain="week") == [
            "2015-W53",
            "2025-W01",
            "2026-W53",
        ]
        labels = {grains.label(day, "week") for day in grains.buckets(date(2024, 1, 1), date(2024, 12, 31), "week")}
        assert "2024-W53" not in labels

    def test_another_week_start_is_possible(self, shop: Shop) -> None:
        shop.sell("2026-03-07T10:00", "1", fold=True)
        assert rows("revenue", "date", **MARCH, grain="week", week_start="sat") == ["2026-03-07"]
        assert rows("revenue", "date", **MARCH, grain="week") == ["2026-03-02"]

    def test_the_ends_of_a_range_are_exact(self, shop: Shop) -> None:
        shop.sell("2026-03-01T23:59:59.999999", "1")
        shop.sell("2026-03-02T00:00:00", "2")
        fold_all()
        assert totals("revenue", begin="2026-03-01", to="2026-03-01") == {"SAR": "1.00"}
        assert totals("revenue", begin="2026-03-02", to="2026-03-02") == {"SAR": "2.00"}
        given = {"begin": "2026-03-01T00:00:00Z", "to": "2026-03-01T23:59:59Z"}
        assert totals("revenue", **given) == {"SAR": "1.00"}
        used = ask(metric="revenue", **given)["metadata"]["range"]
        assert used == {"from": "2026-03-01T00:00:00+00:00", "to": "2026-03-02T00:00:00+00:00"}

    def test_figures_do_not_depend_on_the_readers_zone(self, shop: Shop) -> None:
        shop.sell("2026-03-01T23:30Z", "1", fold=True)
        answers = [
            Client(headers={"accept-language": language}).get(
                "/api/v1/analytics/metrics", {"metric": "revenue", "from": "2026-03-01", "to": "2026-03-02"}
            )
            for language in ("ar-SA", "en-US")
        ]
        first, second = (answer.json() for answer in answers)
        assert first["data"] == second["data"]
        assert first["metadata"]["timezone"] == "UTC"

    def test_another_zone_moves_days_when_it_differs_by_whole_hours(self, shop: Shop) -> None:
        shop.sell("2026-03-01T23:30Z", "1", fold=True)
        assert rows("revenue", "date", **MARCH, tz="Asia/Riyadh") == ["2026-03-02"]
        refused = ask(metric="revenue", **MARCH, tz="Asia/Kolkata", status=422)
        assert refused["errors"][0]["field"] == "tz"


class TestRefunds:
    def test_five_sales_of_twenty_with_one_refunded_are_eighty(self, shop: Shop) -> None:
        numbers = [shop.sell(f"2026-03-0{day}T10:00", "20") for day in range(1, 6)]
        shop.refund("2026-03-06T10:00", "20", corrects=numbers[0])
        fold_all()
        assert totals("revenue", **MARCH) == {"SAR": "80.00"}

    def test_a_refund_in_two_parts_is_ten_and_the_rest(self, shop: Shop) -> None:
        number = shop.sell("2026-03-01T10:00", item("36.37", rate=ZERO))
        shop.refund("2026-03-02T10:00", item("10", rate=ZERO), corrects=number)
        shop.refund("2026-03-03T10:00", item("26.37", rate=ZERO), corrects=number)
        fold_all()
        assert rows("refunds", "refunds", **MARCH) == ["10.00", "26.37"]
        assert totals("refunds", **MARCH) == {"SAR": "36.37"}
        assert totals("revenue", **MARCH) == {"SAR": "0.00"}
        assert rows("refunds", "date", "refunds", **MARCH, dated="sale") == [("2026-03-01", "36.37")]

    def test_a_refund_takes_net_off_net_and_vat_off_vat(self, shop: Shop) -> None:
        shipping = item("50", rate=ZERO)
        lines = [item("250", rate=Decimal("0.2")), item("50", rate=ZERO), shipping]
        number = shop.sell("2026-03-01T10:00", *lines)
        shop.refund("2026-03-02T10:00", *lines, corrects=number)
        fold_all()
        for metric in ("revenue", "vat", "revenue_gross"):
            assert totals(metric, **MARCH) == {"SAR": "0.00"}
        found = ask(metric="revenue,vat,revenue_gross", **MARCH)["data"][1]
        assert (found["revenue"], found["vat"], found["revenue_gross"]) == ("-350.00", "-50.00", "-400.00")

    def test_the_sum_over_products_is_the_sum_over_documents(self, products: Shop) -> None:
        lines = [item("100", code="A"), item("50", code="B"), item("7", code="C"), item("3")]
        number = products.sell("2026-03-01T10:00", *lines)
        products.refund("2026-03-02T10:00", item("40", code="A"), corrects=number)
        fold_all()
        revenue = {"SAR": "120.00"}
        assert totals("revenue", **MARCH) == revenue
        for dimension, grain, count in (("category", "day", 3), ("product", "month", 4)):
            found = [
                Decimal(row["revenue"]) for row in ask(metric="revenue", **MARCH, by=dimension, grain=grain)["totals"]
            ]
            assert (sum(found), len(found)) == (120, count)


class TestSums:
    def test_documents_and_lines_are_never_multiplied(self, products: Shop) -> None:
        for net, count in (("100", 3), ("200", 2), ("400", 1)):
            each = (Decimal(net) / count).quantize(Decimal("0.01"))
            lines = [item(str(each), code="A") for _ in range(count - 1)]
            products.sell("2026-03-01T10:00", *lines, item(str(Decimal(net) - each * (count - 1)), code="B"))
        fold_all()
        found = ask(metric="revenue,units,transactions", **MARCH)["totals"]
        assert found == [{"currency": "SAR", "revenue": "700.00", "units": "6", "transactions": 3}]
        assert sum(Decimal(row["revenue"]) for row in ask(metric="revenue", **MARCH, by="category")["totals"]) == 700

    def test_two_equal_lines_of_a_document_count_twice(self, products: Shop) -> None:
        line = item("500", code="A", quantity="10")
        products.sell("2026-03-01T10:00", line, line, fold=True)
        assert totals("revenue", **MARCH, filter__category="electronics") == {"SAR": "1000.00"}
        assert totals("units", **MARCH, filter__category="electronics") == {None: "20"}

    def test_the_total_of_a_ratio_is_computed_and_not_added(self, shop: Shop) -> None:
        for day, nets in ((1, ["10"]), (2, ["20", "30", "40"])):
            for net in nets:
                shop.sell(f"2026-03-0{day}T10:00", net)
        fold_all()
        assert rows("avg_order_value", "avg_order_value", **MARCH) == ["10.00", "30.00"]
        assert totals("avg_order_value", **MARCH) == {"SAR": "25.00"}

    def test_ratios_are_exact(self, shop: Shop) -> None:
        for _ in range(3):
            shop.sell("2026-03-01T10:00", "0.10")
        fold_all()
        assert totals("avg_order_value", **MARCH) == {"SAR": "0.10"}
        cent = Decimal("0.01")
        assert money.ratio(300, 50, cent) == 6
        assert money.ratio(2, 3, cent) == Decimal("0.67")
        assert money.ratio(2 * 9 * 10**18, 1, cent) == 18 * 10**18
        assert money.ratio(1, 0, cent) is None
        assert money.share(2, 110) == Decimal("0.0182")

    def test_an_empty_bucket_is_zero_for_sums_and_null_for_ratios(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", fold=True)
        found = ask(metric="revenue,avg_order_value", begin="2026-03-01", to="2026-03-02")
        assert found["totals"][0]["avg_order_value"] == "10.00"
        [first, second] = found["data"]
        assert (first["revenue"], first["avg_order_value"]) == ("10.00", "10.00")
        assert (second["revenue"], second["avg_order_value"]) == ("0.00", None)

    def test_nothing_sold_is_a_row_of_zeros(self, shop: Shop) -> None:
        assert ask(metric="refunds", begin="2026-03-01", to="2026-03-01")["data"] == [
            {"date": "2026-03-01", "label": "2026-03-01", "currency": "SAR", "refunds": "0.00"}
        ]


class TestCurrencies:
    def test_currencies_are_never_added(self, shop: Shop) -> None:
        for amount, currency in (("10", "USD"), ("200", "MXN")):
            shop.sell("2026-03-01T10:00", amount, currency=currency)
        for amount, currency in (("900", "USD"), ("9000", "RUB")):
            shop.sell("2026-04-01T10:00", amount, currency=currency)
        fold_all()
        assert totals("revenue", **MARCH) == {"USD": "10.00", "MXN": "200.00"}
        assert totals("revenue", begin="2026-04-01", to="2026-04-30") == {"USD": "900.00", "RUB": "9000.00"}
        assert totals("revenue", **MARCH, currency="USD") == {"USD": "10.00"}

    def test_a_ratio_is_of_one_currency_or_of_converted_sums(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", currency="EUR")
        shop.sell("2026-03-01T10:00", "20", currency="USD")
        fold_all()
        assert totals("avg_order_value", **MARCH) == {"EUR": "10.00", "USD": "20.00"}
        Rate.objects.create(day=date(2026, 3, 1), base="USD", quote="EUR", rate=Decimal("0.5"))
        assert totals("avg_order_value", **MARCH, convert="EUR") == {"EUR": "10.00"}

    def test_conversion_rounds_once_per_currency_and_bucket_and_names_its_rates(self, shop: Shop) -> None:
        for day in (1, 2):
            shop.sell(f"2026-03-0{day}T10:00", "0.01", currency="USD")
            Rate.objects.create(day=date(2026, 3, day), base="USD", quote="EUR", rate=Decimal("0.45"))
        shop.sell("2026-03-01T10:00", "1", currency="EUR")
        fold_all()
        found = ask(metric="revenue", **MARCH, convert="EUR", grain="month")
        assert [row["revenue"] for row in found["data"]] == ["1.01"]
        assert [rate["rate"] for rate in found["metadata"]["rates"]] == ["0.45", "0.45"]

    def test_a_currency_with_a_day_without_rate_is_left_out_and_named(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", currency="EUR")
        for day in (1, 2):
            shop.sell(f"2026-03-0{day}T10:00", "10", currency="USD")
        Rate.objects.create(day=date(2026, 3, 1), base="USD", quote="EUR", rate=Decimal("0.5"))
        fold_all()
        found = ask(metric="revenue,transactions", **MARCH, convert="EUR")
        assert found["metadata"]["unconverted"] == ["USD"]
        assert found["totals"] == [{"currency": "EUR", "revenue": "10.00", "transactions": 1}]
        found = ask(metric="revenue", **MARCH, convert="EUR", rate_policy="previous")
        assert (found["totals"][0]["revenue"], found["metadata"]["unconverted"]) == ("20.00", [])


class TestMembers:
    def test_a_not_filter_keeps_what_has_no_category(self, products: Shop) -> None:
        products.sell("2026-03-01T10:00", item("1", code="A"), item("2", code="B"), item("4", code="C"), item("8"))
        fold_all()
        assert totals("revenue", **MARCH, not__category="electronics") == {"SAR": "14.00"}
        assert totals("revenue", **MARCH, filter__category="(none)") == {"SAR": "12.00"}
        assert totals("revenue", **MARCH, filter__category=["(none)", "furniture"]) == {"SAR": "14.00"}
        members = {row["category"] for row in ask(metric="revenue", **MARCH, by="category")["totals"]}
        assert members == {"electronics", "furniture", "(none)"}

    def test_the_rows_behind_a_figure_keep_all_its_filters(self, products: Shop) -> None:
        number = products.sell("2026-03-01T10:00", item("1", code="A"), item("4", code="C"), item("8"))
        products.sell("2026-03-01T10:00", item("16", code="A"))
        products.sell("2026-04-01T10:00", item("32"))
        products.refund("2026-03-02T10:00", item("3"), corrects=number)
        fold_all()
        for given in (
            {"filter__category": "(none)"},
            {"not__category": "electronics"},
            {"filter__category": "electronics"},
            {},
        ):
            found = ask("rows", metric="revenue", **MARCH, **given)
            assert {row["currency"]: row["value"] for row in found["sums"]} == totals("revenue", **MARCH, **given)
            assert sum(Decimal(row["value"]) for row in found["items"]) == Decimal(found["sums"][0]["value"])
        found = ask("rows", metric="revenue", **MARCH, filter__category="(none)")
        assert [row["number"] for row in found["items"]] == ["CN-000001", number]
        assert Client().get(found["items"][1]["href"]).status_code == 200

    def test_rows_come_by_the_page(self, shop: Shop) -> None:
        for _ in range(5):
            shop.sell("2026-03-01T10:00", "1")
        fold_all()
        first = ask("rows", metric="revenue", **MARCH, limit=3)
        second = ask("rows", metric="revenue", **MARCH, limit=3, cursor=first["next"])
        assert [len(first["items"]), len(second["items"]), second["next"]] == [3, 2, None]
        assert first["sums"] == second["sums"] == [{"currency": "SAR", "value": "5.00"}]

    def test_figures_of_test_series_and_demonstration_stores_count_only_when_chosen(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "1")
        Shop("fair", is_demo=True).sell("2026-03-01T10:00", "100")
        fold_all()
        assert totals("revenue", **MARCH) == {"SAR": "1.00"}
        assert totals("revenue", **MARCH, filter__store="fair") == {"SAR": "100.00"}


class TestCustomers:
    def test_a_customer_of_three_days_is_one_customer_of_the_week(self, shop: Shop) -> None:
        for day in (2, 3, 4):
            shop.sell(f"2026-03-0{day}T10:00", "1", customer="a")
        shop.sell("2026-03-04T10:00", "1")
        fold_all()
        given = {"begin": "2026-03-02", "to": "2026-03-08"}
        assert rows("unique_customers", "unique_customers", **given) == [1, 1, 1]
        assert rows("unique_customers", "unique_customers", **given, grain="week") == [1]
        assert totals("unique_customers", **given) == {None: 1}
        catalogue = {each["name"]: each for each in ask("catalogue")["metrics"]}
        assert not catalogue["unique_customers"]["additive"]

    def test_new_and_returning_customers_are_all_customers(self, shop: Shop) -> None:
        shop.sell("2026-02-01T10:00", "1", customer="old")
        for customer in ("old", "new", "new"):
            shop.sell("2026-03-01T10:00", "1", customer=customer)
        fold_all()
        found = ask(metric="new_customers,returning_customers,unique_customers,repeat_rate,total_customers", **MARCH)
        assert found["totals"] == [
            {
                "currency": None, "new_customers": 1, "returning_customers": 1, "unique_customers": 2,
                "repeat_rate": "0.5000", "total_customers": 2,
            }
        ]  # fmt: skip
        assert found["data"][-1]["total_customers"] == 2

    def test_retention_is_weighted_by_size_and_waits_for_whole_months(self, shop: Shop) -> None:
        for number in range(10):
            shop.sell("2026-01-10T10:00", "1", customer=f"a{number}")
        for number in range(100):
            shop.sell("2026-02-10T10:00", "1", customer=f"b{number}")
        for number in range(2):
            shop.sell("2026-02-20T10:00", "1", customer=f"a{number}")
        now = datetime.now(UTC)
        shop.sell(now.isoformat(), "1", customer="c")
        fold_all()
        found = ask(metric="retention", begin="2026-01-01", to="2026-02-28", grain="month")
        assert [row["retention"] for row in found["data"]] == ["0.2000", "0.0000"]
        assert found["totals"][0]["retention"] == "0.0182"
        today = now.date().isoformat()
        assert ask(metric="retention", begin=today, to=today, grain="month")["data"][0]["retention"] is None

    def test_lifetime_value_is_the_revenue_to_date_of_a_months_customers(self, shop: Shop) -> None:
        shop.sell("2026-01-10T10:00", "10", customer="a")
        shop.sell("2026-01-10T10:00", "20", customer="b")
        shop.sell("2026-04-10T10:00", "71", customer="a")
        fold_all()
        assert rows("lifetime_value", "lifetime_value", begin="2026-01-01", to="2026-01-31", grain="month") == ["50.50"]


class TestLateDocuments:
    def test_a_late_document_restates_its_day_which_is_listed(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "100", fold=True)
        shop.sell("2026-03-01T10:00", "50", fold=True)
        found = ask(metric="revenue", **MARCH)
        assert found["totals"][0]["revenue"] == "150.00"
        [latest, _] = found["metadata"]["restated"]
        assert (latest["day"], latest["before"]["revenue"], latest["after"]["revenue"]) == (
            "2026-03-01",
            "100.00",
            "150.00",
        )
        assert restate("main", date(2026, 3, 1)) == 0
        prove()
