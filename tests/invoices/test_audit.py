"""The audit says ok of good books, and what the contract promises."""

from __future__ import annotations

import pytest

from invoices.audit import audit
from invoices.generation import producer, reset
from invoices.models import Run
from tests.invoices.books import show
from tests.invoices.clock import let_be_due
from tests.invoices.tampering import tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_snapshot")]


def test_an_empty_database_is_in_order() -> None:
    report = audit()
    assert (report["ok"], report["invoices"], report["runs"]) == (True, 0, [])
    assert [feed["feed"] for feed in report["feeds"]] == ["demo", "live"]


def test_the_report_says_what_the_contract_promises(books: None) -> None:
    report = audit()
    first, second = Run.objects.order_by("id").values_list("pk", flat=True)
    assert report["invoices"] == 26
    assert report["totals_match"] is True
    assert (report["number_gaps"], report["duplicate_numbers"]) == ([], 0)
    assert report["feeds"] == [
        {"feed": "demo", "announced": 16, "shown": 7, "skipped": 6, "queued": 3, "conserved": True},
        {"feed": "live", "announced": 8, "shown": 0, "skipped": 0, "queued": 8, "conserved": True},
    ]
    assert report["runs"] == [
        {"id": first, "target": 1500, "issued": 10, "exact": True},
        {"id": second, "target": 6, "issued": 6, "exact": True},
    ]


def test_a_run_at_work_is_exact_so_far(run: Run) -> None:
    let_be_due(run, 10)
    producer.tick()
    assert audit()["runs"] == [{"id": run.pk, "target": 1500, "issued": 10, "exact": True}]


def test_purged_series_and_their_runs_are_out_of_it(books: None) -> None:
    reset.reset("demo", purge=True)
    tamper("DELETE FROM invoices_invoice WHERE invoice_number = 'DEMO1-000003'")
    report = audit()
    assert (report["ok"], report["runs"], report["invoices"]) == (True, [], 10)


def test_the_audit_is_ok_while_purged_invoices_are_being_deleted(books: None) -> None:
    reset.reset("demo", purge=True)
    reset.delete_purged(5)
    assert audit()["ok"]


def test_missing_numbers_of_a_source_are_its_own_affair(books: None) -> None:
    tamper("UPDATE invoices_series SET last_ordinal = 99 WHERE prefix = 'SHOP'")
    assert audit()["ok"]


def test_the_audit_is_ok_after_everything_was_shown(books: None) -> None:
    show(3)
    assert audit()["ok"]
    assert audit()["feeds"][0] == {
        "feed": "demo",
        "announced": 16,
        "shown": 10,
        "skipped": 6,
        "queued": 0,
        "conserved": True,
    }
