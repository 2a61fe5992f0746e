"""What the facts say of single sales: days and hours of zones, late documents, restatements, customers, purges."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from analytics.facts import zones
from analytics.facts.closed import delete_closed
from analytics.facts.fold import fold, fold_all
from analytics.facts.generations import current_generation, delete_retired
from analytics.facts.lag import read_lag
from analytics.facts.models import Audit, Cohort, CustomerDay, DayCategory, Hour, MonthProduct, Restatement
from analytics.facts.rebuild import rebuild
from analytics.facts.restate import restate
from analytics.facts.rollups import LIVE
from invoices import series as all_series
from invoices.audit import audit
from invoices.issue import issue
from stores.models import Store
from tests.analytics.metrics.ask import ask
from tests.analytics.sales import Shop, item, prove
from tests.commerce.samples import keep_product
from tests.invoices.samples import drafts


def days() -> dict[str, Decimal]:
    """Subtotals of the current generation by local day."""
    found: dict[str, Decimal] = {}
    for day, subtotal in Hour.objects.filter(generation=current_generation()).values_list("local_day", "subtotal"):
        found[f"{day}"] = found.get(f"{day}", Decimal(0)) + subtotal
    return found


class TestZones:
    def test_the_two_hours_of_a_clock_that_is_put_back_are_two_buckets(self, shop: Shop) -> None:
        west = Shop("west", timezone="US/Pacific")
        west.sell("2023-11-05T01:40:00-07:00", "10")
        west.sell("2023-11-05T01:40:00-08:00", "20")
        fold_all()
        hours = sorted(int(moment.timestamp()) for moment in Hour.objects.values_list("hour_at", flat=True))
        assert hours == [1699171200, 1699174800]

    def test_a_sale_counts_on_the_day_and_in_the_month_of_its_store(self, shop: Shop) -> None:
        Shop("east", timezone="America/New_York").sell("2026-03-01T02:00Z", item("10", code="A"), fold=True)
        assert days() == {"2026-02-28": Decimal("10.00")}
        assert MonthProduct.objects.get().month == date(2026, 2, 1)

    def test_the_last_microsecond_of_a_day_belongs_to_it_and_midnight_to_the_next(self, shop: Shop) -> None:
        shop.sell("2026-03-01T23:59:59.999999", "1")
        shop.sell("2026-03-02T00:00:00", "2")
        fold_all()
        assert days() == {"2026-03-01": Decimal("1.00"), "2026-03-02": Decimal("2.00")}

    @pytest.mark.parametrize(
        ("zone", "day", "hours", "first"),
        [
            ("Asia/Amman", date(2021, 3, 26), 23, "2021-03-25T22:00+00:00"),
            ("Europe/Berlin", date(2026, 10, 25), 25, "2026-10-24T22:00+00:00"),
            ("Europe/Berlin", date(2026, 3, 29), 23, "2026-03-28T23:00+00:00"),
            ("Europe/Berlin", date(2026, 3, 30), 24, "2026-03-29T22:00+00:00"),
        ],
    )
    def test_a_day_has_the_hours_that_its_zone_gives_it(self, zone: str, day: date, hours: int, first: str) -> None:
        begins, ends = zones.day_range(day, ZoneInfo(zone))
        assert begins == datetime.fromisoformat(first)
        assert ends - begins == timedelta(hours=hours)

    def test_a_day_without_midnight_has_the_sums_of_its_23_hours(self, shop: Shop) -> None:
        amman = Shop("amman", timezone="Asia/Amman")
        for hour in range(-1, 24):
            amman.sell((datetime(2021, 3, 25, 22, tzinfo=UTC) + timedelta(hours=hour)).isoformat(), "1")
        fold_all()
        assert days() == {"2021-03-25": Decimal(1), "2021-03-26": Decimal(23), "2021-03-27": Decimal(1)}
        assert restate("amman", date(2021, 3, 26)) == 0
        prove()


class TestLateDocuments:
    def test_a_document_of_forty_days_ago_lands_in_its_day_which_is_listed(self, shop: Shop) -> None:
        old = datetime.now(UTC) - timedelta(days=40)
        shop.sell(old.isoformat(), "100", fold=True)
        Restatement.objects.all().delete()
        shop.sell(old.isoformat(), "50", fold=True)
        found = Restatement.objects.get()
        assert (found.local_day, found.why) == (old.date(), "late documents")
        assert (found.before_revenue, found.after_revenue) == (100, 150)
        assert (found.before_count, found.after_count) == (1, 2)
        assert days() == {f"{old.date()}": Decimal("150.00")}

    def test_documents_of_today_restate_nothing(self, shop: Shop) -> None:
        shop.sell(datetime.now(UTC).isoformat(), "100", fold=True)
        assert not Restatement.objects.exists()

    def test_a_late_test_invoice_restates_nothing_and_is_in_no_restatement(self, shop: Shop) -> None:
        test_series = all_series.current_test_series().pk
        issue(series_id=test_series, drafts=drafts(2, invoice_date=datetime(2026, 3, 1, 10, tzinfo=UTC)))
        fold_all()
        assert not Restatement.objects.exists()
        shop.sell("2026-03-01T10:00", "100", fold=True)
        found = Restatement.objects.get()
        assert (found.before_count, found.after_count) == (0, 1)
        assert (found.before_revenue, found.after_revenue) == (0, 100)

    def test_a_rebuild_restates_nothing(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "100")
        rebuild()
        assert not Restatement.objects.exists()
        assert days() == {"2026-03-01": Decimal("100.00")}

    def test_nothing_is_missing_after_folds_did_not_run_for_long(self, shop: Shop) -> None:
        for day in range(1, 20):
            shop.sell(f"2026-03-{day:02}T10:00", "100")
        assert [lag.waiting for lag in read_lag()] == [19, 19]
        while fold(LIVE, most=4):
            pass
        assert len(days()) == 19


class TestCategories:
    def test_a_changed_category_affects_old_figures_only_when_they_are_made_again(self, shop: Shop) -> None:
        keep_product(shop.store.pk, "A", category="old")
        shop.sell("2026-03-01T10:00", item("10", code="A"), item("5", code="unknown"), fold=True)
        assert categories() == {"old": Decimal(10), "": Decimal(5)}
        keep_product(shop.store.pk, "A", category="new")
        prove()
        assert categories() == {"old": Decimal(10), "": Decimal(5)}
        restate("main", date(2026, 3, 1))
        assert categories() == {"new": Decimal(10), "": Decimal(5)}
        prove()

    def test_an_invoice_without_lines_counts_without_category_and_product(self, shop: Shop) -> None:
        issue(series_id=shop.invoices.pk, drafts=drafts(2))
        fold_all()
        assert categories() == {"": Decimal("2.01")}
        assert [row.net for row in MonthProduct.objects.all()] == [Decimal("2.01")]


def categories() -> dict[str, Decimal]:
    rows = DayCategory.objects.filter(generation=current_generation()).exclude(net=0)
    return {row.category: row.net for row in rows}


class TestCustomers:
    def test_a_late_first_purchase_moves_the_customer_to_an_earlier_cohort(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", customer="a", fold=True)
        shop.sell("2026-04-01T10:00", "20", customer="a", fold=True)
        assert cohorts("SAR") == {("2026-03", "2026-03"): (1, 10), ("2026-03", "2026-04"): (1, 20)}
        shop.sell("2026-01-15T10:00", "5", customer="a", fold=True)
        month = "2026-01"
        assert cohorts("SAR") == {(month, "2026-01"): (1, 5), (month, "2026-03"): (1, 10), (month, "2026-04"): (1, 20)}
        prove()

    def test_a_customer_of_two_currencies_is_one_customer(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", customer="a")
        shop.sell("2026-03-02T10:00", "7", customer="a", currency="EUR")
        fold_all()
        assert cohorts("")[("2026-03", "2026-03")] == (1, 0)
        assert cohorts("EUR")[("2026-03", "2026-03")] == (1, 7)

    def test_a_document_without_a_known_buyer_has_no_customer(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", fold=True)
        assert [row.customer_id for row in CustomerDay.objects.all()] == [0]
        assert not Cohort.objects.exists()

    def test_a_refund_is_taken_off_the_net_of_its_customer(self, shop: Shop) -> None:
        number = shop.sell("2026-03-01T10:00", "10", customer="a")
        shop.refund("2026-04-01T10:00", "4", corrects=number, customer="a")
        fold_all()
        assert cohorts("SAR") == {("2026-03", "2026-03"): (1, 10), ("2026-03", "2026-04"): (0, -4)}
        prove()


def cohorts(currency: str) -> dict[tuple[str, str], tuple[int, Any]]:
    rows = Cohort.objects.filter(generation=current_generation(), currency=currency)
    return {
        (f"{row.first_month:%Y-%m}", f"{row.month:%Y-%m}"): (row.customers, row.net)
        for row in rows
        if row.customers or row.net
    }


class TestMadeAgain:
    def test_a_restated_day_repairs_what_was_wrong(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", item("10", code="A"), customer="a")
        shop.sell("2026-03-02T10:00", item("20", code="A"), customer="b")
        fold_all()
        with connection.cursor() as cursor:
            for table in ("facts_hour", "facts_daycategory", "facts_monthproduct"):
                cursor.execute(f"DELETE FROM {table}")
        Restatement.objects.all().delete()
        assert restate("main", date(2026, 3, 1)) == 1
        assert restate("main", date(2026, 3, 2)) == 1
        assert [(row.before_revenue, row.after_revenue) for row in Restatement.objects.all()] == [(0, 10), (0, 20)]
        prove()

    def test_a_restatement_leaves_out_what_is_not_folded_yet(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", customer="a", fold=True)
        shop.sell("2026-03-01T10:00", "5", customer="b")
        restate("main", date(2026, 3, 1))
        assert days() == {"2026-03-01": Decimal(10)}
        fold_all()
        assert days() == {"2026-03-01": Decimal(15)}
        prove()

    def test_a_rebuild_takes_the_zone_of_now_and_keeps_the_old_facts_for_a_moment(self, shop: Shop) -> None:
        shop.sell("2026-03-01T23:30", "10", fold=True)
        Store.objects.update(timezone="Asia/Riyadh")
        shop.sell("2026-03-01T23:40", "10", fold=True)
        assert days() == {"2026-03-01": Decimal(20)}
        assert rebuild() == 2
        assert days() == {"2026-03-02": Decimal(20)}
        assert not delete_retired()
        assert delete_retired(older_seconds=-1)
        assert set(Hour.objects.values_list("generation", flat=True)) == {2}
        prove()

    def test_the_facts_of_a_purged_series_are_deleted(self, shop: Shop) -> None:
        series = all_series.current_test_series()
        issue(series_id=series.pk, drafts=drafts(3))
        fold_all()
        all_series.close(series)
        assert delete_closed()
        assert not delete_closed()
        assert not Hour.objects.filter(series_id=series.pk).exists()
        prove()


class TestTheCommand:
    def run(self, *arguments: str) -> Any:
        out = StringIO()
        call_command("analytics", *arguments, "--json", stdout=out)
        return json.loads(out.getvalue().splitlines()[-1])

    def test_it_folds_restates_rebuilds_and_verifies(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", customer="a")
        assert [each["waiting"] for each in self.run("fold")] == [0, 0]
        assert self.run("restate", "--day", "2026-03-01") == {"changed": 0}
        assert self.run("rebuild") == {"generation": 2}
        assert self.run("verify")["differences"] == 0

    def test_json_may_stand_before_the_action(self, shop: Shop) -> None:
        out = StringIO()
        call_command("analytics", "--json", "fold", stdout=out)
        assert [each["waiting"] for each in json.loads(out.getvalue())] == [0, 0]

    def test_answers_name_the_last_audit(self, shop: Shop, settings: Any) -> None:
        settings.INVOICEDASH_OPEN = True
        shop.sell("2026-03-01T10:00", "10", fold=True)
        found = [ask("explain", metric="revenue")["metadata"]["last_audit"]]
        self.run("verify")
        call_command("audit", "--json", stdout=StringIO())
        found.append(ask("explain", metric="revenue")["metadata"]["last_audit"])
        assert found[0] is None
        assert (found[1]["equal"], found[1]["differences"]) == (True, 0)
        assert found[1]["buckets_compared"] > 0
        assert [row.is_equal for row in Audit.objects.all()] == [True, True]

    def test_it_says_what_is_wrong(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", fold=True)
        Hour.objects.update(subtotal=11)
        with pytest.raises(CommandError, match="Figures differ"):
            self.run("verify")
        with pytest.raises(CommandError, match="is not a store"):
            self.run("restate", "--day", "2026-03-01", "--store", "nowhere")

    def test_the_audit_proves_the_figures(self, shop: Shop) -> None:
        shop.sell("2026-03-01T10:00", "10", fold=True)
        found = audit()
        assert found["ok"]
        assert found["analytics"]["folded"]
        assert found["analytics"]["differences"] == 0
        Hour.objects.update(subtotal=11)
        assert not audit()["ok"]
