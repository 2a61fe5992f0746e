"""Countries, segments, cohorts: figures about the buyers, and how they add up to the revenue."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from analytics.facts import proof
from analytics.facts.fold import fold_all
from analytics.facts.models import Cohort, CustomerDay
from analytics.facts.rebuild import rebuild
from invoices.documents.erase import erase_parties
from invoices.models import Invoice
from tests.analytics.metrics.ask import ask, totals
from tests.analytics.sales import Shop, item, prove

YEAR: dict[str, Any] = {"begin": "2026-01-01", "to": "2026-12-31"}


def sum_of_rows(metric: str, **parameters: Any) -> dict[str, Any]:
    return {each["currency"]: each["value"] for each in ask("rows", metric=metric, **parameters)["sums"]}


def months_ago(count: int) -> str:
    """The tenth of a month."""
    today = datetime.now(UTC).date()
    month = today.year * 12 + today.month - 1 - count
    return f"{date(month // 12, month % 12 + 1, 10)}T10:00"


class TestCountries:
    def test_countries_add_up_to_the_revenue(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", country="DE")
        number = shop.sell("2026-03-02T10:00", "20", country="FR")
        shop.sell("2026-03-03T10:00", "5")
        shop.refund("2026-03-04T10:00", "8", corrects=number, country="FR")
        fold_all()
        found = ask(metric="revenue,transactions", by="country", **YEAR)["totals"]
        assert [(row["country"], row["revenue"], row["transactions"]) for row in found] == [
            ("(none)", "5.00", 1),
            ("DE", "10.00", 1),
            ("FR", "12.00", 1),
        ]
        assert totals("revenue", **YEAR) == {"SAR": "27.00"}
        prove()

    def test_the_documents_of_a_country_are_its_figure(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", country="DE")
        shop.sell("2026-03-03T10:00", "5", fold=True)
        for country, value in (("DE", "10.00"), ("(none)", "5.00")):
            chosen: dict[str, Any] = {"filter__country": country, **YEAR}
            assert totals("revenue", **chosen) == {"SAR": value}
            assert sum_of_rows("revenue", **chosen) == {"SAR": value}
        assert totals("revenue", **{"not.country": "DE"}, **YEAR) == {"SAR": "5.00"}


class TestSegments:
    def sell(self, shop: Shop) -> None:
        """Ten customers: `c0` bought first and once, `c9` last and ten times; and one unknown buyer."""
        for number in range(10):
            for _ in range(number + 1):
                shop.sell(f"2026-03-{number + 1:02}T10:00", "10", customer=f"c{number}")
        shop.sell("2026-03-20T10:00", "7")
        fold_all()

    def test_the_best_are_champions_and_the_first_are_lost(self, shop: Shop) -> None:
        self.sell(shop)
        found = ask("segments", **YEAR)
        segments = {each["segment"]: each for each in found["segments"]}
        assert found["segment_source"] == "rfm"
        assert {name: each["customers"] for name, each in segments.items()} == {
            "champions": 4, "loyal": 2, "new": 0, "promising": 0, "at_risk": 0, "lost": 4, "(none)": None,
        }  # fmt: skip
        assert segments["champions"]["revenue"] == [{"currency": "SAR", "value": "340.00"}]
        assert segments["champions"]["active_customers"] == 4
        assert segments["(none)"]["revenue"] == [{"currency": "SAR", "value": "7.00"}]
        assert segments["lost"]["transactions"] == 10

    def test_segments_add_up_to_the_revenue_and_open_to_their_documents(self, shop: Shop) -> None:
        self.sell(shop)
        found = ask(metric="revenue", by="customer_segment", **YEAR)["totals"]
        assert {row["customer_segment"]: row["revenue"] for row in found} == {
            "champions": "340.00", "loyal": "110.00", "lost": "100.00", "(none)": "7.00",
        }  # fmt: skip
        for row in found:
            assert sum_of_rows("revenue", filter__customer_segment=row["customer_segment"], **YEAR) == {
                "SAR": row["revenue"]
            }
        assert totals("unique_customers", filter__customer_segment="lost", **YEAR) == {None: 4}

    def test_customers_who_are_alike_are_in_one_segment(self, shop: Shop) -> None:
        for name in "abc":
            shop.sell("2026-03-01T10:00", "10", customer=name)
        fold_all()
        assert [each["customers"] for each in ask("segments", **YEAR)["segments"]] == [3, 0, 0, 0, 0, 0, None]


class TestCohorts:
    def test_retention_by_month_is_null_until_the_month_is_over(self, shop: Shop) -> None:
        for name in "abcd":
            shop.sell(months_ago(2), "10", customer=name)
        shop.sell(months_ago(1), "5", customer="a")
        shop.sell(months_ago(1), "5", customer="e")
        shop.sell(months_ago(0), "1", customer="a")
        fold_all()
        found = ask("cohorts")
        first, second, third = found["cohorts"][-3:]
        assert [first["customers"], second["customers"], third["customers"]] == [4, 1, 0]
        assert [cell["retention"] for cell in first["cells"]] == ["1.0000", "0.2500", None]
        assert [cell["customers"] for cell in first["cells"]] == [4, 1, None]
        assert [cell["revenue"] for cell in first["cells"]] == [
            [{"currency": "SAR", "value": value}] for value in ("40.00", "5.00", "1.00")
        ]
        assert found["average"][:2] == [{"offset": 0, "retention": "1.0000"}, {"offset": 1, "retention": "0.2500"}]
        assert len(found["cohorts"]) == 12

    def test_large_cohorts_weigh_more(self, shop: Shop) -> None:
        for number in range(5):
            shop.sell(months_ago(4), "1", customer=f"small{number}")
        shop.sell(months_ago(3), "1", customer="small0")
        for number in range(20):
            shop.sell(months_ago(3), "1", customer=f"large{number}")
        fold_all()
        assert ask("cohorts")["average"][1] == {"offset": 1, "retention": "0.0400"}

    def test_a_currency_narrows_the_revenue_and_other_parameters_are_refused(self, shop: Shop) -> None:
        shop.sell(months_ago(1), "5", customer="a")
        shop.sell(months_ago(1), "7", customer="a", currency="EUR")
        fold_all()
        (cell,) = [each["cells"][0] for each in ask("cohorts", currency="EUR")["cohorts"] if each["customers"]]
        assert (cell["customers"], cell["revenue"]) == (1, [{"currency": "EUR", "value": "7.00"}])
        assert ask("cohorts", by="store", status=422)["errors"][0]["field"] == "by"
        assert ask("cohorts", begin="1950-01-01", to="2026-01-01", status=422)["errors"][0]["field"] == "from"


class TestErasure:
    def test_figures_stay_and_the_audit_holds_after_a_buyer_is_erased(self, shop: Shop) -> None:
        number = shop.sell("2026-03-01T10:00", item("10", code="A"), customer="a", country="DE")
        shop.sell("2026-03-01T11:00", "5", customer="b")
        fold_all()
        erase_parties([Invoice.objects.get(invoice_number=number).pk], basis="asked for", by="me")
        assert totals("unique_customers", **YEAR) == {None: 2}
        prove()
        CustomerDay.objects.filter(net=10).update(net=11)
        assert not proof.prove()["equal"]
        rebuild()
        assert totals("revenue", filter__country="DE", **YEAR) == {"SAR": "10.00"}
        assert sum(row.customers for row in Cohort.objects.filter(currency="", generation=2)) == 1
        prove()
