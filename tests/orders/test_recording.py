"""Reports of orders become rows and documents: the newest wins, and each document is issued once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from commerce.models import Customer
from events.models import EventRow
from invoices.audit import audit
from invoices.documents.read import read_documents
from invoices.documents.types import Contact, Delivery
from invoices.intake import Offer, take_in
from invoices.models import Invoice, Series
from orders.deletion import record_deletion
from orders.models import Order, OrderDocument, OrderTotal
from orders.recording import Outcome, preview, record, record_all
from orders.snapshot import OrderSnapshot, OrderState
from orders.terms import NoSeries
from orders.types import InvoiceState
from runtime.clock import read_clock
from stores.models import Account, Store
from stores.opening import Wanted, open_store
from stores.queries import StoreFacts, read_store
from stores.rows import rows_of_all_stores
from streaming.models import Entry
from tests.invoices.documents.samples import document
from tests.orders.samples import BUYER, PAID, line, order, refund, vat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_snapshot")]
BACK = refund("30", "9.99", line("8.39"), vat=vat(p19="1.60"))


def later(snapshot: OrderSnapshot, hours: int = 1, **changes: Any) -> OrderSnapshot:
    return replace(snapshot, updated_at=PAID + timedelta(hours=hours), **changes)


def issued() -> list[tuple[str, str]]:
    rows = rows_of_all_stores(OrderDocument).order_by("pk").select_related("invoice")
    return [(row.external_id, f"{row.invoice.invoice_number} {row.invoice.total_amount}") for row in rows]


def test_an_order_is_recorded_with_its_invoice_and_account(store: StoreFacts) -> None:
    recorded = record(store, order())
    assert (recorded.outcome, recorded.state, recorded.numbers) == (Outcome.NEW, InvoiceState.INVOICED, ("INV-000001",))
    row = rows_of_all_stores(Order).get(pk=recorded.order_id)
    assert (row.external_id, row.invoice_state, row.total, row.invoiced) == (
        "18",
        "invoiced",
        Decimal("9.99"),
        Decimal("9.99"),
    )
    [found] = read_documents(["INV-000001"])
    assert (found.document.source, found.document.external_id, found.document.buyer) == (
        "store-main",
        "order:18",
        BUYER,
    )
    assert [(group.net, group.vat) for group in found.vat_groups] == [(Decimal("8.39"), Decimal("1.60"))]


def test_the_same_report_again_changes_nothing(store: StoreFacts) -> None:
    record(store, order())
    again = record(store, order())
    assert (again.outcome, again.state, again.numbers) == (Outcome.SAME, InvoiceState.INVOICED, ())
    assert issued() == [("order:18", "INV-000001 9.99")]


def test_an_older_report_changes_nothing(store: StoreFacts) -> None:
    record(store, later(order(), refunds=(BACK,)))
    assert record(store, order()).outcome == Outcome.STALE
    assert rows_of_all_stores(Order).get().refunded == Decimal("9.99")


def test_another_report_of_the_same_second_is_taken_from_the_shop_alone(store: StoreFacts) -> None:
    record(store, order(paid_at=None))
    assert record(store, order()).outcome == Outcome.AMBIGUOUS
    assert rows_of_all_stores(Order).get().invoice_state == "waiting"
    assert record(store, order(), asked_at=read_clock()).outcome == Outcome.UPDATED
    assert issued() == [("order:18", "INV-000001 9.99")]


def test_an_answer_is_not_taken_once_another_report_of_its_second_came_after_the_request(store: StoreFacts) -> None:
    asked_at = read_clock()
    record(store, order(refunds=(BACK,)))
    assert record(store, order(), asked_at=asked_at).outcome == Outcome.AMBIGUOUS
    assert len(issued()) == 2, "no invoice replaces the refunded one"
    assert record(store, later(order(refunds=(BACK,))), asked_at=asked_at).outcome == Outcome.UPDATED


def test_reports_in_any_order_lead_to_the_same_documents(store: StoreFacts) -> None:
    for name, indexes in enumerate(permutations(range(3))):
        back = replace(BACK, external_id=f"{name}")
        first = order(paid_at=None, external_id=f"{name}")
        reports = [first, later(first, 1, paid_at=PAID), later(first, 2, paid_at=PAID, refunds=(back,))]
        for index in (*indexes, *indexes):
            record(store, reports[index])
    assert {(row.invoiced, row.credited) for row in rows_of_all_stores(Order)} == {(Decimal("9.99"), Decimal("9.99"))}
    assert Invoice.objects.count() == 2 * 6


def test_an_order_that_arrives_refunded_gets_both_documents_at_once(store: StoreFacts) -> None:
    record(store, order(refunds=(BACK,)))
    assert issued() == [("order:18", "INV-000001 9.99"), ("refund:30", "CN-000001 9.99")]
    assert read_documents(["CN-000001"])[0].document.corrects == "INV-000001"


def test_an_edit_after_a_refund_is_credited_and_invoiced_again(store: StoreFacts) -> None:
    small = refund("7", "2.00")
    record(store, order(refunds=(small,)))
    bigger = later(
        order(
            line("8.39"),
            line("8.39"),
            total="19.98",
            vat=vat(p19="3.20"),
            refunds=(small, refund("8", "17.98", hours=2)),
        )
    )
    recorded = record(store, bigger)
    assert recorded.state == InvoiceState.RESTATED
    assert sorted(issued()) == [
        ("edit:18", "CN-000002 7.99"), ("order:18", "INV-000001 9.99"), ("order:18:2", "INV-000002 17.98"),
        ("refund:7", "CN-000001 2.00"), ("refund:8", "CN-000003 17.98"),
    ]  # fmt: skip
    assert record(store, bigger).numbers == ()


def test_rows_of_documents_are_announced_once_and_last(store: StoreFacts) -> None:
    record(store, order(refunds=(BACK,)))
    assert [(row.feed_id, row.count) for row in Entry.objects.order_by("pk")] == [("live", 1), ("live", 1)]
    record(store, order(external_id="19"), announce=False)
    assert Entry.objects.count() == 2


def test_a_document_that_cannot_be_issued_quarantines_the_order(store: StoreFacts) -> None:
    taken = document(source="store-main", external_id="refund:30")
    assert take_in([Offer(document=taken)])[0].number == "INV-000001"
    recorded = record(store, order(refunds=(BACK,)))
    assert (recorded.state, recorded.rule, recorded.numbers) == (InvoiceState.QUARANTINED, "refused", ())
    assert "was issued already" in recorded.message
    assert issued() == [], "all documents of a report are issued, or none"
    assert Series.objects.get(prefix="INV").last_ordinal == 1


def test_many_orders_are_recorded_at_once(store: StoreFacts) -> None:
    edited = later(order(external_id="2", total="19.98", lines=order().lines * 2, vat=vat(p19="3.20")), 2)
    record(store, order(external_id="2"))
    reports = [order(external_id="1", refunds=(BACK,)), edited, later(edited), order(external_id="3", paid_at=None)]
    recorded = record_all(store, reports, announce=False)
    assert [(each.outcome, each.state) for each in recorded] == [
        ("new", "invoiced"), ("updated", "restated"), ("new", "waiting"),
    ]  # fmt: skip
    assert [len(each.numbers) for each in recorded] == [2, 2, 0]
    assert [each.outcome for each in record_all(store, reports)] == ["same"] * 3
    assert audit()["ok"]


def test_an_order_that_is_refused_stops_no_other(store: StoreFacts) -> None:
    take_in([Offer(document=document(source="store-main", external_id="order:2"))])
    recorded = record_all(store, [order(external_id=name) for name in "123"])
    assert [each.state for each in recorded] == ["invoiced", "quarantined", "invoiced"]
    assert issued() == [("order:1", "INV-000002 9.99"), ("order:3", "INV-000003 9.99")]


def test_orders_of_two_stores_may_have_the_same_id(store: StoreFacts) -> None:
    Store.objects.create(slug="second", name="Second", currency="EUR")
    second = read_store("second")
    with pytest.raises(NoSeries, match="second has no series"), transaction.atomic():
        record(second, order())
    for prefix, kind in (("SECOND", "invoice"), ("SECOND-CN", "credit_note")):
        Series.objects.create(prefix=prefix, kind="internal", feed_id="live", document=kind, store_id=second.id)
    record(store, order())
    assert record(second, order()).numbers == ("SECOND-000001",)


def test_a_deleted_order_is_set_aside_and_its_documents_stay(store: StoreFacts) -> None:
    record(store, order())
    record(store, order(external_id="19", paid_at=None, total="59.99", vouchers=Decimal("50.00")))
    assert [record_deletion(store, name) for name in ("18", "18", "19", "20")] == [True, True, True, False]
    assert [(row.rule, row.invoiced, row.set_aside) for row in rows_of_all_stores(Order).order_by("external_id")] == [
        ("trashed", Decimal("9.99"), Decimal(0)), ("trashed", Decimal(0), Decimal("59.99")),
    ]  # fmt: skip
    assert audit()["ok"]
    assert record(store, order()).outcome == Outcome.AMBIGUOUS, "a late report asks the shop, which has no such order"
    assert record(store, later(order())).state == InvoiceState.INVOICED
    assert issued() == [("order:18", "INV-000001 9.99")]


def test_a_preview_says_what_would_be_issued_and_issues_nothing(store: StoreFacts) -> None:
    made = preview(store, order(refunds=(BACK,)))
    assert made is not None
    assert [one.external_id for one in made.documents] == ["order:18", "refund:30"]
    assert not rows_of_all_stores(Order).exists()
    record(store, later(order()))
    assert preview(store, later(order())) is None
    assert preview(store, order()) is None


def test_an_order_in_a_currency_with_three_decimals_is_kept_as_it_is(store: StoreFacts) -> None:
    recorded = record(store, order(total="9.125", currency="KWD"))
    assert (recorded.rule, rows_of_all_stores(Order).get().quarantined) == ("currency", Decimal("9.125"))


def test_the_database_refuses_an_account_that_is_not_even(store: StoreFacts) -> None:
    record(store, order())
    for change in ("total = 1", "tips = 'NaN', quarantined = 'NaN', total = 'NaN'", "state = 'lost'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE orders_order SET {change}")


def test_the_audit_proves_the_accounts(store: StoreFacts) -> None:
    record(store, order(refunds=(BACK,)))
    record(store, order(external_id="19", total="10.00"))
    report = audit()
    assert report["ok"]
    assert report["orders"] == {
        "stores": [{"store": "main", "currency": "EUR", "orders": 2, "worth": "10.00", "difference": "0.00"}],
        "wrong_orders": [],
        "wrong_sums": [],
    }


def test_the_audit_proves_documents_with_all_that_an_order_can_say(store: StoreFacts) -> None:
    company = replace(BUYER, name="ACME", country="", contact=Contact(name="Erika Musterfrau"), vat_id="FR1")
    shipped = Delivery(name="Erika", street="Weg 1", city="Wien", country="AT")
    free = order(line("9.99", "0"), vat=(), buyer=company, delivery=shipped, redeemed=Decimal("4.00"), total="5.99")
    record(store, replace(free, refunds=(refund("1", "2.00"),)))
    record(store, later(free, refunds=(refund("1", "2.00"), refund("2", "7.99")), lines=(line("9.99", "0", "2"),)))
    record(store, replace(free, external_id="19", is_tax_exempt=True))
    assert len(issued()) == 6
    assert audit()["ok"], audit()["chain_breaks"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE orders_order SET invoiced = invoiced + 1, tips = -1", "has other amounts than its documents"),
        ("UPDATE orders_orderdocument SET external_id = 'order:77'", "has a document of another order"),
        ("UPDATE orders_orderdocument SET invoice_id = -invoice_id", "has lost a document"),
        ("DELETE FROM orders_orderdocument", "has other amounts than its documents"),
    ],
)
def test_the_audit_finds_an_order_that_was_changed(store: StoreFacts, change: str, why: str) -> None:
    record(store, order())
    assert audit()["ok"], "the premise: nothing is wrong yet"
    with connection.cursor() as cursor:
        cursor.execute(change)
    report = audit()
    assert not report["ok"]
    assert report["orders"]["wrong_orders"] == [{"store": "main", "order": "18", "why": why}]


def test_the_audit_finds_sums_of_a_store_that_differ_from_its_orders(store: StoreFacts) -> None:
    record(store, order())
    assert audit()["ok"], "the premise: nothing is wrong yet"
    rows_of_all_stores(OrderTotal).update(total=0)
    report = audit()
    assert not report["ok"]
    assert report["orders"]["wrong_sums"] == [{"store": "main", "currency": "EUR", "invoice_state": "invoiced"}]


class TestCustomers:
    def test_an_order_has_its_customer(self, store: StoreFacts) -> None:
        known = replace(BUYER, external_id="7", email="erika@example.com")
        first = record(store, order(buyer=known))
        again = record(store, order(external_id="19", buyer=replace(known, name="Erika M.")))
        rows = rows_of_all_stores(Order).select_related("customer")
        customers = {rows.get(pk=each.order_id).customer for each in (first, again)}
        assert [(each.key, each.email) for each in customers if each] == [("id 7", "erika@example.com")]

    def test_an_older_report_describes_no_customer(self, store: StoreFacts) -> None:
        record(store, later(order(buyer=replace(BUYER, external_id="7"))))
        record(store, order(buyer=replace(BUYER, external_id="7", name="Old name")))
        assert rows_of_all_stores(Customer).get().name == BUYER.name

    def test_an_order_whose_buyer_changes_moves_to_the_other_customer(self, store: StoreFacts) -> None:
        record(store, order(buyer=replace(BUYER, email="a@example.com")))
        record(store, later(order(buyer=replace(BUYER, email="b@example.com"))))
        assert rows_of_all_stores(Order).get().customer == rows_of_all_stores(Customer).get(key="mail b@example.com")
        record(store, later(order(), hours=2))
        assert rows_of_all_stores(Order).get().customer is None

    def test_the_same_buyer_of_two_stores_is_two_customers(self, store: StoreFacts) -> None:
        other = open_store(Account.objects.get(), Wanted(name="Other", currency="EUR"))
        for each in (store, read_store(other.slug)):
            record(each, order(buyer=replace(BUYER, email="a@example.com")))
        assert rows_of_all_stores(Customer).count() == 2


class TestLifecycle:
    def test_each_new_state_is_appended_once(self, store: StoreFacts) -> None:
        record(store, order())
        record(store, order())
        record(store, later(order(), number="18b"))
        record(store, later(order(), hours=2, state=OrderState.COMPLETED))
        record_deletion(store, "18")
        events = EventRow.objects.filter(topic="order.lifecycle").order_by("id")
        assert [event.type for event in events] == ["open", "completed", "cancelled"]
        assert len({event.key for event in events}) == 1

    def test_an_import_of_the_history_appends_nothing(self, store: StoreFacts) -> None:
        record_all(store, [order()], announce=False)
        assert not EventRow.objects.filter(topic="order.lifecycle").exists()
