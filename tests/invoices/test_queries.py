"""Pages of invoices in the order of issue, newest first, and invoices one by one."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoices import queries
from invoices.issue import issue
from invoices.models import Invoice, Series
from tests.invoices.samples import draft, drafts

pytestmark = pytest.mark.django_db


def numbers(page: queries.Page) -> list[str]:
    return [item["invoice_number"] for item in page.items]


def walk(feed: str, limit: int, query: str = "") -> list[str]:
    """All pages one after the other, as a reader who scrolls on."""
    found, before = [], queries.LARGEST_ID
    while True:
        page = queries.read_page(feed, limit=limit, before_id=before, query=query)
        assert len(page.items) <= limit
        found += numbers(page)
        if page.next_id is None:
            return found
        assert len(page.items) == limit
        before = page.next_id


def test_an_empty_feed_has_an_empty_page(db: None) -> None:
    assert queries.read_page("demo", limit=20) == queries.Page(items=[], next_id=None)


def test_a_page_holds_the_newest_first(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(5))
    page = queries.read_page("demo", limit=3)
    assert numbers(page) == ["DEMO1-000005", "DEMO1-000004", "DEMO1-000003"]
    assert page.next_id is not None


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 200])
def test_pages_follow_one_another_without_a_gap_or_a_repeat(test_series: Series, limit: int) -> None:
    issued = issue(series_id=test_series.pk, drafts=drafts(6)).numbers
    assert walk("demo", limit) == issued[::-1]


def test_a_page_that_ends_at_the_last_invoice_says_so(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    assert queries.read_page("demo", limit=3).next_id is None


def test_what_is_issued_meanwhile_does_not_shift_the_pages(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(4))
    first = queries.read_page("demo", limit=2)
    issue(series_id=test_series.pk, drafts=drafts(5))
    assert first.next_id is not None
    assert numbers(queries.read_page("demo", limit=2, before_id=first.next_id)) == ["DEMO1-000002", "DEMO1-000001"]


def test_before_a_number_means_issued_before_it(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(4))
    below = queries.id_of("demo", "DEMO1-000003")
    assert numbers(queries.read_page("demo", limit=9, before_id=below)) == ["DEMO1-000002", "DEMO1-000001"]


def test_a_page_of_one_feed_has_none_of_another(test_series: Series, own_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(2))
    issue(series_id=own_series.pk, drafts=drafts(1))
    assert numbers(queries.read_page("live", limit=9)) == ["INV-000001"]
    assert len(walk("demo", 9)) == 2


turns = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=8)


@given(turns, st.integers(1, 5))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_several_series_of_a_feed_come_in_one_order_of_issue(turns: list[tuple[int, int]], limit: int) -> None:
    with transaction.atomic():
        kinds = {"INV": Series.Kind.INTERNAL, "AAA": Series.Kind.INTERNAL, "ZZZ": Series.Kind.EXTERNAL}
        series = [
            Series.objects.get_or_create(prefix=prefix, defaults={"kind": kind, "feed_id": "live"})[0]
            for prefix, kind in kinds.items()
        ]
        for turn, (which, count) in enumerate(turns):
            own = [f"{turn}.{index}" if which == 2 else None for index in range(count)]
            issue(series_id=series[which].pk, drafts=[draft(number=number) for number in own])
        issued = list(Invoice.objects.order_by("id").values_list("invoice_number", flat=True))
        assert walk("live", limit) == issued[::-1]
        transaction.set_rollback(True)


def test_an_invoice_is_found_by_its_number_as_json_has_it(own_series: Series) -> None:
    issue(series_id=own_series.pk, drafts=[draft("0.30")])
    found = queries.read_invoice("INV-000001")
    assert found == {
        "id": Invoice.objects.get().pk,
        "invoice_number": "INV-000001",
        "invoice_date": "2026-11-21T12:00:00.000000Z",
        "seller_name": "Nordwind GmbH",
        "buyer_name": "Ocean & Sons",
        "currency": "SAR",
        "vat_rate": "0.15",
        "subtotal": "0.30",
        "vat_amount": "0.05",
        "total_amount": "0.35",
        "kind": "invoice",
        "printed_number": "INV-000001",
    }


@pytest.mark.parametrize("number", ["A/17 b", "50%_\\", "١٢", "x\n"])
def test_a_sources_number_is_found_as_it_is(shop_series: Series, number: str) -> None:
    issue(series_id=shop_series.pk, drafts=[draft(number=number)])
    assert queries.read_invoice(f"SHOP-{number}")["invoice_number"] == f"SHOP-{number}"


@pytest.mark.parametrize("number", ["", "INV-000002", "INV-00000", "inv-000001", "INV-000001 ", "x" * 5000])
def test_an_unknown_number_is_refused(own_series: Series, number: str) -> None:
    issue(series_id=own_series.pk, drafts=[draft()])
    with pytest.raises(queries.UnknownInvoice) as refusal:
        queries.read_invoice(number)
    assert len(str(refusal.value)) < 120


def test_a_number_of_another_feed_is_no_place_to_read_on_from(own_series: Series) -> None:
    issue(series_id=own_series.pk, drafts=[draft()])
    with pytest.raises(queries.UnknownInvoice, match="demo"):
        queries.id_of("demo", "INV-000001")


def test_rows_are_loaded_for_the_feed_by_series_and_ordinal(test_series: Series, own_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    issue(series_id=own_series.pk, drafts=drafts(3))
    keys = [(own_series.pk, 2), (test_series.pk, 3), (test_series.pk, 99)]
    found = queries.load_items(keys)
    assert set(found) == set(keys[:2])
    assert json.loads(found[own_series.pk, 2]) == queries.read_invoice("INV-000002")
    assert json.loads(found[test_series.pk, 3])["invoice_number"] == "DEMO1-000003"


def test_a_row_on_its_way_to_the_screens_carries_every_character(own_series: Series) -> None:
    name = 'Ärzte "&" \\ <b> ‮ 漢字 \U0001f600  '
    issue(series_id=own_series.pk, drafts=[draft(buyer_name=name)])
    (text,) = queries.load_items([(own_series.pk, 1)]).values()
    assert json.loads(text)["buyer_name"] == name
