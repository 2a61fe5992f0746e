"""What the demo feed announced, showed and skipped, and a check of it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import connection

from invoices.issue import Draft, issue
from invoices.models import Invoice, Series
from invoices.series import current_test_series
from streaming import pacer
from streaming.audit import prove
from streaming.display import display as read_display
from streaming.models import Shown, Skip

SMALLEST_GAP = 0.9
BATCH = 1000


def issue_rows(count: int, *, feed: str = "demo") -> None:
    """Issue and announce `count` invoices on `feed`, each with an amount of its own."""
    series = Series.objects.get(feed_id=feed, closed_at=None, document="invoice")
    for begin in range(0, count, BATCH):
        drafts = [draft(begin + index) for index in range(min(BATCH, count - begin))]
        issue(series_id=series.pk, drafts=drafts)


def draft(index: int) -> Draft:
    return Draft(
        invoice_date=datetime(2026, 11, 21, tzinfo=UTC), seller_name="Nordwind", buyer_name="Ocean & Sons",
        subtotal=Decimal(100 + index).scaleb(-2), vat_rate=Decimal("0.15"), currency="SAR",
    )  # fmt: skip


def numbers() -> list[str]:
    """The numbers of the demo feed's invoices, in the order of issue."""
    return list(
        Invoice.objects.filter(series=current_test_series()).order_by("id").values_list("invoice_number", flat=True)
    )


def shown_positions() -> list[int]:
    """The positions that were shown, by sequence number; fails when the sequence has a hole."""
    rows = list(Shown.objects.filter(feed_id="demo").order_by("seq").values_list("seq", "position"))
    assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
    return [position for _, position in rows]


def skipped_positions(why: str) -> list[int]:
    found = Skip.objects.filter(feed_id="demo", why=why).order_by("first_position")
    return [position for skip in found for position in range(skip.first_position, skip.last_position + 1)]


def check_pace(rate: float, *, after_seq: int = 0) -> list[datetime]:
    """Fail when the rows after `after_seq` were not shown at the contract's pace; returns their moments."""
    shown = Shown.objects.filter(feed_id="demo", seq__gt=after_seq).order_by("seq")
    moments = list(shown.values_list("shown_at", flat=True))
    seconds = [(moment - moments[0]).total_seconds() for moment in moments]
    gaps = [later - earlier for earlier, later in pairwise(seconds)]
    assert not gaps or min(gaps) >= SMALLEST_GAP / rate
    assert largest_excess(seconds, rate) <= 2
    return moments


def largest_excess(seconds: list[float], rate: float) -> float:
    """By how many rows the fullest of all windows of any length T is over rate x T."""
    excess, least = 0.0, float("inf")
    for index, second in enumerate(seconds):
        least = min(least, index - rate * second)
        excess = max(excess, index + 1 - rate * second - least)
    return excess


def check_conserved() -> None:
    """Fail when announced, shown, skipped and queued do not add up, in the sums or in the rows."""
    assert all(proof.is_conserved for proof in prove())


def run_sql(sql: str, *parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def show_queued() -> None:
    """Show everything queued on the demo feed, now."""
    while (display := read_display("demo")).queued_count:
        run_sql("UPDATE streaming_cursor SET due_at = 'epoch', shown_at = NULL WHERE feed_id = 'demo'")
        pacer.step("demo")
        assert read_display("demo").position > display.position


def own_backend() -> int:
    """The server's process behind this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end_connections(*, spare: int) -> int:
    """End every connection to this database but this thread's and that of backend `spare`; returns how many."""
    return run_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid NOT IN (pg_backend_pid(), %s) AND backend_type = 'client backend'",
        spare,
    )
