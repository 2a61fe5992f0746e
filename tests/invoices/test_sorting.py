"""Pages of invoices by number, date and total."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoices import sorting
from invoices.issue import issue
from invoices.models import Invoice, Series
from invoices.sorting import BadCursor, Sort, TooManyToSort, read_sorted
from tests.invoices.samples import draft, drafts

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SORTS: tuple[Sort, ...] = (
    "invoice_number", "-invoice_number", "invoice_date", "-invoice_date", "total_amount", "-total_amount",
)  # fmt: skip


def walk(feed: str, sort: Sort, limit: int) -> list[dict[str, Any]]:
    """All pages one after the other."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = read_sorted(feed, sort, limit=limit, cursor=cursor)
        found += page.items
        if page.next is None:
            return found
        assert len(page.items) == limit
        cursor = page.next


def expected(sort: Sort) -> list[str]:
    """The numbers as Python sorts them."""
    column = sort.removeprefix("-")

    def key(invoice: Invoice) -> Any:
        return invoice.invoice_number.encode() if column == "invoice_number" else (getattr(invoice, column), invoice.pk)

    found = Invoice.objects.filter(series__feed_id="live")
    return [each.invoice_number for each in sorted(found, key=key, reverse=sort.startswith("-"))]


sales = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(1, 3), st.integers(0, 3), st.sampled_from(["a", "B", "É", "-", "10", "9"])
    ),
    max_size=12,
)


@given(sales, st.sampled_from(SORTS), st.integers(1, 4))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_pages_hold_everything_once_in_the_order_asked_for(
    sales: list[tuple[int, int, int, str]], sort: Sort, limit: int
) -> None:
    with transaction.atomic():
        kinds = {"INV": Series.Kind.INTERNAL, "IN": Series.Kind.INTERNAL, "SHOP": Series.Kind.EXTERNAL}
        series = [
            Series.objects.get_or_create(prefix=name, defaults={"kind": kind, "feed_id": "live"})[0]
            for name, kind in kinds.items()
        ]
        for turn, (which, amount, hours, name) in enumerate(sales):
            own = f"{name}{turn}" if which == 2 else None
            sale = draft(f"{amount}.00", number=own, invoice_date=NOON + timedelta(hours=hours))
            issue(series_id=series[which].pk, drafts=[sale])
        assert [item["invoice_number"] for item in walk("live", sort, limit)] == expected(sort)
        transaction.set_rollback(True)


def test_what_is_issued_meanwhile_shifts_nothing(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=[draft("3.00"), draft("1.00"), draft("2.00")])
    first = read_sorted("demo", "-total_amount", limit=2)
    issue(series_id=test_series.pk, drafts=[draft("9.00"), draft("2.50")])
    rest = read_sorted("demo", "-total_amount", limit=9, cursor=first.next)
    assert [item["subtotal"] for item in first.items + rest.items] == ["3.00", "2.00", "1.00"]


def test_feeds_and_closed_series_are_kept_apart(test_series: Series, own_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(2))
    issue(series_id=own_series.pk, drafts=drafts(1))
    assert len(read_sorted("live", "total_amount", limit=9).items) == 1
    Series.objects.filter(pk=test_series.pk).update(closed_at=NOON)
    assert read_sorted("demo", "invoice_number", limit=9).items == []


def test_numbers_are_read_through_their_index_and_need_no_sorting(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(2000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE invoices_invoice")
    with CaptureQueriesContext(connection) as queries:
        page = read_sorted("demo", "-invoice_number", limit=20)
        read_sorted("demo", "-invoice_number", limit=20, cursor=page.next)
    for query in queries.captured_queries[1::2]:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + query["sql"])
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "invoice_number" in plan.partition("Index Cond")[2], plan
        assert "Seq Scan on invoices_invoice" not in plan


def test_a_large_feed_is_sorted_by_number_alone(test_series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    assert sorting.sortable("demo") == ["invoice_number", "invoice_date", "total_amount"]
    monkeypatch.setattr(sorting, "SORTED_AT_MOST", 2)
    assert sorting.sortable("demo") == ["invoice_number"]
    with pytest.raises(TooManyToSort, match="3 invoices are too many"):
        read_sorted("demo", "total_amount", limit=2)
    assert len(read_sorted("demo", "invoice_number", limit=2).items) == 2


def test_a_cursor_of_another_order_is_refused(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    cursor = read_sorted("demo", "total_amount", limit=1).next
    for sort in ("-total_amount", "invoice_date", "invoice_number"):
        with pytest.raises(BadCursor):
            read_sorted("demo", sort, limit=1, cursor=cursor)
