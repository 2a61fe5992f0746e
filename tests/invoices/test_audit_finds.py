"""The audit finds every difference that is planted in good books. All of it in transactions that are rolled back."""

from __future__ import annotations

import pytest

from invoices.audit import audit
from invoices.models import Invoice, Run
from tests.invoices.tampering import tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_snapshot", "books")]


TOTALS = [
    "UPDATE invoices_totals SET invoice_count = invoice_count + 1 WHERE currency = 'EUR'",
    "UPDATE invoices_totals SET subtotal_amount = subtotal_amount + 0.01 WHERE currency = 'EUR'",
    "UPDATE invoices_totals SET vat_amount = vat_amount - 0.01 WHERE currency = 'EUR'",
    "UPDATE invoices_totals SET total_amount = total_amount + 0.01 WHERE currency = 'EUR'",
    "UPDATE invoices_totals SET currency = 'USD' WHERE currency = 'EUR'",
    "DELETE FROM invoices_totals WHERE currency = 'EUR'",
    "INSERT INTO invoices_totals (series_id, currency, invoice_count, subtotal_amount, vat_amount, total_amount)"
    " SELECT id, 'USD', 0, 0, 0.01, 0 FROM invoices_series WHERE prefix = 'INV'",
    "DELETE FROM invoices_invoice WHERE invoice_number = 'SHOP-b'",
    "UPDATE invoices_invoice SET currency = 'USD' WHERE invoice_number = 'SHOP-b'",
]


@pytest.mark.parametrize("statement", TOTALS)
def test_the_audit_finds_totals_that_are_not_the_sums(statement: str) -> None:
    tamper(statement)
    report = audit()
    assert (report["ok"], report["totals_match"]) == (False, False)


GAPS = {
    "DELETE FROM invoices_invoice WHERE ordinal = 1 AND invoice_number LIKE 'INV-%%'": (1, 1),
    "DELETE FROM invoices_invoice WHERE ordinal IN (3, 4) AND invoice_number LIKE 'INV-%%'": (3, 4),
    "DELETE FROM invoices_invoice WHERE ordinal = 7 AND invoice_number LIKE 'INV-%%'": (7, 7),
    "DELETE FROM invoices_invoice WHERE invoice_number LIKE 'INV-%%'": (1, 7),
    "UPDATE invoices_series SET last_ordinal = 9 WHERE prefix = 'INV'": (8, 9),
}


@pytest.mark.parametrize(("statement", "gap"), GAPS.items())
def test_the_audit_finds_a_gap_in_our_numbers(statement: str, gap: tuple[int, int]) -> None:
    tamper(statement)
    report = audit()
    assert report["number_gaps"] == [{"series": "INV", "first": gap[0], "last": gap[1]}]
    assert not report["ok"]


NUMBERS = [
    "UPDATE invoices_invoice SET invoice_number = 'INV-000099' WHERE invoice_number = 'INV-000003'",
    "UPDATE invoices_invoice SET invoice_number = 'OTHER-000003' WHERE invoice_number = 'INV-000003'",
    "UPDATE invoices_invoice SET ordinal = 99, invoice_number = 'INV-000099' WHERE invoice_number = 'INV-000007'",
    "UPDATE invoices_series SET last_ordinal = 5 WHERE prefix = 'INV'",
    "UPDATE invoices_invoice SET series_id = 4711 WHERE invoice_number = 'INV-000007'",
    "UPDATE invoices_invoice SET run_id = 4711, run_ordinal = 1 WHERE invoice_number = 'INV-000007'",
]


@pytest.mark.parametrize("statement", NUMBERS)
def test_the_audit_finds_a_number_that_its_series_never_gave(statement: str) -> None:
    tamper(statement)
    report = audit()
    assert report["wrong_numbers"] > 0
    assert not report["ok"]


def test_the_audit_finds_a_number_given_twice() -> None:
    tamper(
        "UPDATE invoices_invoice SET invoice_number = 'INV-000001' WHERE invoice_number = 'INV-000002'",
        without="invoice_number_once",
    )
    report = audit()
    assert (report["ok"], report["duplicate_numbers"]) == (False, 1)


MONEY = {
    "UPDATE invoices_invoice SET total_amount = total_amount + 0.01 WHERE ordinal = 2": "invoice_total_is_sum",
    "UPDATE invoices_invoice SET vat_amount = vat_amount + 0.01, total_amount = total_amount + 0.01"
    " WHERE ordinal = 2": "invoice_vat_is_rate",
    "UPDATE invoices_invoice SET subtotal = 0, vat_amount = 0, total_amount = 0"
    " WHERE ordinal = 2": "invoice_subtotal_positive",
    "UPDATE invoices_invoice SET vat_amount = -1, total_amount = subtotal - 1, vat_rate = NULL"
    " WHERE ordinal = 2": "invoice_vat_not_negative",
}


@pytest.mark.parametrize(("statement", "guard"), MONEY.items())
def test_the_audit_finds_wrong_money(statement: str, guard: str) -> None:
    """The totals are wrong with it, as they would be if a guard had been missing when it was issued."""
    tamper(statement, without=guard)
    restate_totals()
    report = audit()
    assert (report["ok"], report["totals_match"]) == (False, True)
    assert report["wrong_amounts"] == Invoice.objects.filter(ordinal=2).count()


def test_the_audit_finds_nan_although_nan_equals_itself() -> None:
    for guard in ("invoice_subtotal_positive", "invoice_vat_not_negative", "invoice_total_is_sum"):
        tamper("UPDATE invoices_series SET is_emptied = false", without=guard)
    tamper(
        "UPDATE invoices_invoice SET subtotal = 'NaN', vat_amount = 'NaN', total_amount = 'NaN'"
        " WHERE invoice_number = 'INV-000002'"
    )
    restate_totals()
    report = audit()
    assert (report["ok"], report["totals_match"], report["wrong_amounts"]) == (False, True, 1)


def restate_totals() -> None:
    tamper("DELETE FROM invoices_totals")
    tamper(
        "INSERT INTO invoices_totals (series_id, currency, invoice_count, subtotal_amount, vat_amount, total_amount)"
        " SELECT series_id, currency, count(*), sum(subtotal), sum(vat_amount), sum(total_amount)"
        " FROM invoices_invoice GROUP BY series_id, currency"
    )


RUNS = {
    "a hole": "UPDATE invoices_invoice SET run_id = NULL, run_ordinal = NULL WHERE run_id = %s AND run_ordinal = 3",
    "a last one too few": "UPDATE invoices_invoice SET run_id = NULL, run_ordinal = NULL WHERE run_id = %s"
    " AND run_ordinal = 6",
    "an ordinal beyond its count": "UPDATE invoices_invoice SET run_ordinal = 99 WHERE run_id = %s AND run_ordinal = 6",
    "a count that is not what it issued": "UPDATE invoices_run SET final_count = 5 WHERE id = %s",
    "a target it did not reach": "UPDATE invoices_run SET target_count = 7 WHERE id = %s",
    "a target it has passed": "UPDATE invoices_run SET target_count = 5, state = 'stopped' WHERE id = %s",
}


@pytest.mark.parametrize("statement", RUNS.values(), ids=RUNS.keys())
def test_the_audit_finds_a_wrong_run(statement: str) -> None:
    second = Run.objects.latest("id")
    tamper(statement, second.pk)
    report = audit()
    assert [run["exact"] for run in report["runs"]] == [True, False]
    assert not report["ok"]


FEEDS: dict[str, tuple[str, str | None]] = {
    "a head that moved on": ("UPDATE streaming_feed SET position = position + 1 WHERE name = 'demo'", None),
    "a head that fell back": ("UPDATE streaming_feed SET position = position - 1 WHERE name = 'demo'", None),
    "a cursor that moved on": (
        "UPDATE streaming_cursor SET position = position + 1, last_seq = last_seq + 1 WHERE feed_id = 'demo'",
        None,
    ),
    "a cursor that skipped in secret": (
        "UPDATE streaming_cursor SET position = position + 1, skipped_count = skipped_count + 1 WHERE feed_id = 'demo'",
        None,
    ),
    "a cursor whose sum is wrong": (
        "UPDATE streaming_cursor SET position = position + 1 WHERE feed_id = 'demo'",
        "cursor_position_is_shown_plus_skipped",
    ),
    "a shown row lost": ("DELETE FROM streaming_shown WHERE seq = 2", None),
    "the last shown row lost": ("DELETE FROM streaming_shown WHERE seq = 7", None),
    "a shown row too many": (
        "INSERT INTO streaming_shown (feed_id, seq, position, shown_at) VALUES ('demo', 8, 14, now())",
        None,
    ),
    "a sequence number left out": ("UPDATE streaming_shown SET seq = 8 WHERE seq = 7", None),
    "a position shown twice": (
        "UPDATE streaming_shown SET position = 1 WHERE seq = 2",
        "shown_position_once",
    ),
    "rows shown out of order": (
        "UPDATE streaming_shown SET position = CASE seq WHEN 2 THEN 3 ELSE 2 END WHERE seq IN (2, 3)",
        "shown_position_once",
    ),
    "a skip lost": ("DELETE FROM streaming_skip WHERE first_position = 5", None),
    "a skip too wide": ("UPDATE streaming_skip SET last_position = last_position + 1", None),
    "an entry lost": ("DELETE FROM streaming_entry WHERE feed_id = 'demo' AND first_position = 1", None),
    "an entry too long": ("UPDATE streaming_entry SET count = count + 1 WHERE feed_id = 'demo'", None),
    "entries that lie over each other": (
        "UPDATE streaming_entry SET first_position = first_position - 1 WHERE feed_id = 'demo' AND first_position > 1",
        None,
    ),
}


@pytest.mark.parametrize(("statement", "guard"), FEEDS.values(), ids=FEEDS.keys())
def test_the_audit_finds_a_wrong_feed(statement: str, guard: str | None) -> None:
    tamper(statement, without=guard)
    report = audit()
    assert [feed["conserved"] for feed in report["feeds"]] == [False, True]
    assert not report["ok"]


MISPLACED = {
    "a row shown that had been skipped": "UPDATE streaming_shown SET position = 10 WHERE seq = 4",
    "a row shown that is still queued": "UPDATE streaming_shown SET position = 15 WHERE seq = 7",
    "a skip in another place": "UPDATE streaming_skip SET first_position = first_position - 1,"
    " last_position = last_position - 1",
}


@pytest.mark.parametrize("statement", MISPLACED.values(), ids=MISPLACED.keys())
def test_the_audit_finds_that_shown_and_skipped_do_not_lie_end_to_end(statement: str) -> None:
    tamper(statement)
    assert [feed["conserved"] for feed in audit()["feeds"]] == [False, True]
