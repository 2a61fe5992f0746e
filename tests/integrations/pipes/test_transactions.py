"""A transaction becomes its invoice to the cent, once, however often and in whichever order it is sent."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from commerce.models import Product
from commerce.records.models import ReportedCustomer
from integrations.pipes import pushing
from integrations.pipes.models import Transaction
from integrations.pipes.pushing import Push
from integrations.pipes.transactions.series import wanted_prefix
from integrations.pipes.transactions.states import Known, Step, decide
from invoices.audit import audit
from invoices.models import Invoice, Series
from orders.models import Order
from quality.records import HeldRecord
from stores.models import Account, Store
from stores.opening import Wanted, open_store
from stores.queries import facts_of
from stores.rows import rows_of, rows_of_all_stores
from tests.integrations.pipes.conftest import Source, held, take_all
from tests.integrations.pipes.samples import CUSTOMER, FLAT, NESTED, PRODUCT


def invoices() -> dict[str, str]:
    """The totals of all invoices and credit notes by number, oldest first."""
    return {one.invoice_number: str(one.total_amount) for one in Invoice.objects.order_by("id")}


def transaction(**changes: Any) -> dict[str, Any]:
    return FLAT | changes


def basket(*items: tuple[str, str], amount: str | None = None, **changes: Any) -> dict[str, Any]:
    """A transaction of items by quantity and price."""
    products = [
        {"product_id": f"P{number}", "quantity": quantity, "price": price}
        for number, (quantity, price) in enumerate(items)
    ]
    return FLAT | {"products": products, "amount": amount} | changes


def test_a_flat_and_a_nested_transaction_become_invoices_of_the_source(source: Source, settings: Settings) -> None:
    settings.INVOICEDASH_VAT_RATE = Decimal("0.15")
    batch = source.push("transactions", FLAT, NESTED, source_id="Web shop 2")
    assert (batch["accepted"], batch["held"], batch["rejected"]) == (2, {}, {})
    assert invoices() == {"WEB-SHOP-2-T1": "149.99", "WEB-SHOP-2-T2": "299.98"}
    one = Invoice.objects.get(invoice_number="WEB-SHOP-2-T1")
    assert (str(one.subtotal), str(one.vat_amount), one.buyer_name, one.printed_number) == (
        "130.43", "19.56", "Customer C1", "T1",
    )  # fmt: skip
    assert (one.series.kind, one.series.feed_id, one.series.store_id) == ("external", "live", source.store.id)
    assert one.invoice_date.isoformat() == "2025-01-15T10:30:00+00:00"
    lamp = Invoice.objects.get(invoice_number="WEB-SHOP-2-T2").lines.get()
    assert (lamp.description, lamp.product_code, str(lamp.quantity)) == ("Lamp", "P2", "2.000000")


def test_the_rate_is_that_of_the_product_and_the_name_that_of_the_customer(source: Source) -> None:
    source.push("products", PRODUCT)
    source.push("customers", CUSTOMER)
    source.push("transactions", FLAT)
    one = Invoice.objects.get()
    assert (str(one.vat_rate), str(one.subtotal), str(one.vat_amount)) == ("0.050000", "142.85", "7.14")
    assert (one.buyer_name, one.document.buyer["email"], one.lines.get().description) == (
        "Max Muster", "max@example.com", "Mug",
    )  # fmt: skip


def test_the_same_transaction_again_changes_nothing(source: Source) -> None:
    source.push("transactions", FLAT)
    again = source.push("transactions", FLAT, FLAT | {"timestamp": "2025-01-16T00:00:00Z"}, FLAT | {"status": None})
    assert (again["accepted"], again["duplicates"]) == (0, 3)
    assert invoices() == {"SHOP-T1": "149.99"}


@pytest.mark.parametrize(
    ("items", "amount", "lines"),
    [
        ([("2", "74.99")], "149.99", ["149.99"]),
        ([("2", "74.99")], "149.97", ["149.97"]),
        ([("2", "74.99")], None, ["149.98"]),
        ([("3", "33.33"), ("1", "10.00")], "110.00", ["100.00", "10.00"]),
        ([("1", "0.10"), ("7", "14.2857")], "100.10", ["0.10", "100.00"]),
        ([("20000", "0.05")], "1000.01", ["1000.01"]),
        ([("0.5", "9.99")], "5.00", ["5.00"]),
    ],
)
def test_the_rounding_of_unit_prices_goes_to_the_largest_line(
    source: Source, settings: Settings, items: list[tuple[str, str]], amount: str | None, lines: list[str]
) -> None:
    settings.INVOICEDASH_VAT_RATE = Decimal(0)
    batch = source.push("transactions", basket(*items, amount=amount))
    assert batch["held"] == {}
    one = Invoice.objects.get()
    assert [str(line.net) for line in one.lines.order_by("position")] == lines
    assert str(one.total_amount) == str(sum(map(Decimal, lines)))


@pytest.mark.parametrize(
    ("items", "amount"),
    [([("2", "74.99")], "150.00"), ([("1", "10.00")], "10.01"), ([("2", "74.99")], "149.985"), ([("1", "5")], "0")],
)
def test_a_larger_difference_is_held_with_its_money(source: Source, items: list[tuple[str, str]], amount: str) -> None:
    batch = source.push("transactions", basket(*items, amount=amount))
    assert (batch["accepted"], batch["held"], batch["quality_score"]) == (0, {"sums-differ": 1}, 0.0)
    assert invoices() == {}
    one = rows_of_all_stores(HeldRecord).get()
    assert (one.key, one.amount, one.currency) == ("T1", Decimal(amount), "SAR")
    assert amount in one.message


def test_a_corrected_transaction_replaces_the_held_one(source: Source) -> None:
    source.push("transactions", transaction(amount="999.00"))
    source.push("transactions", FLAT)
    assert invoices() == {"SHOP-T1": "149.99"}
    assert held() == [("T1", "sums-differ", "replaced")]


def test_each_status_leads_to_its_documents(source: Source) -> None:
    batch = source.push(
        "transactions",
        transaction(transaction_id="A", status=None),
        transaction(transaction_id="B", status="Refunded"),
        transaction(transaction_id="C", status="pending"),
        transaction(transaction_id="D", status="failed"),
        transaction(transaction_id="E", status="unknown"),
    )
    assert (batch["accepted"], batch["held"]) == (4, {"bad-value": 1})
    assert invoices() == {"SHOP-A": "149.99", "SHOP-B": "149.99", "SHOP-CN-B": "149.99"}
    states = (
        rows_of(Transaction, source.store.id).order_by("key").values_list("key", "status", "number", "credit_number")
    )
    assert list(states) == [
        ("A", "completed", "SHOP-A", ""),
        ("B", "refunded", "SHOP-B", "SHOP-CN-B"),
        ("C", "pending", "", ""),
        ("D", "failed", "", ""),
    ]


def test_a_transaction_that_waits_is_invoiced_when_it_is_completed(source: Source) -> None:
    source.push("transactions", transaction(status="pending", amount=None))
    source.push("transactions", transaction(status="pending", amount=None))
    assert invoices() == {}
    source.push("transactions", FLAT)
    assert invoices() == {"SHOP-T1": "149.99"}
    late = source.push("transactions", transaction(status="pending"))
    assert late["duplicates"] == 1
    assert rows_of(Transaction, source.store.id).get().status == "completed"


def test_a_refund_credits_what_was_invoiced_also_after_the_rate_has_changed(source: Source) -> None:
    source.push("products", PRODUCT)
    source.push("transactions", FLAT)
    source.push("products", PRODUCT | {"vat_rate": "0.15"})
    source.push("transactions", transaction(status="refunded", timestamp="2025-02-01T09:00:00Z"))
    note = Invoice.objects.get(kind="credit_note")
    assert (note.invoice_number, str(note.subtotal), str(note.vat_amount)) == ("SHOP-CN-T1", "142.85", "7.14")
    corrects = note.document.corrects
    assert corrects is not None
    assert (corrects.invoice_number, note.invoice_date.date().isoformat()) == ("SHOP-T1", "2025-02-01")
    again = source.push("transactions", transaction(status="refunded"), FLAT)
    assert (again["duplicates"], len(invoices())) == (2, 2)


def test_one_batch_may_hold_the_sale_and_its_refund(source: Source) -> None:
    batch = source.push("transactions", transaction(status="pending"), FLAT, FLAT, transaction(status="refunded"))
    assert (batch["accepted"], batch["duplicates"]) == (3, 1)
    assert invoices() == {"SHOP-T1": "149.99", "SHOP-CN-T1": "149.99"}
    row = rows_of(Transaction, source.store.id).get()
    assert (row.status, row.number, row.credit_number, row.line) == ("refunded", "SHOP-T1", "SHOP-CN-T1", 3)


def test_another_content_of_an_issued_transaction_is_for_a_person(source: Source) -> None:
    source.push("transactions", FLAT)
    batch = source.push("transactions", basket(("1", "10.00")), transaction(status="failed"))
    assert batch["held"] == {"differs": 2}
    assert invoices() == {"SHOP-T1": "149.99"}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"currency": "KWD"}, "invalid"), ({"currency": "XXX"}, "invalid"), ({"transaction_id": "T" * 60}, "invalid"),
        ({"products": []}, "bad-value"), ({"products": None}, "required"), ({"amount": "0", "products": [
            {"product_id": "P1", "quantity": 1, "price": 0}]}, "zero-total"),
    ],
)  # fmt: skip
def test_what_cannot_be_invoiced_is_held_and_the_others_are_issued(
    source: Source, changes: dict[str, Any], rule: str
) -> None:
    batch = source.push("transactions", transaction(**changes), transaction(transaction_id="T9"))
    assert (batch["accepted"], batch["held"]) == (1, {rule: 1})
    assert invoices() == {"SHOP-T9": "149.99"}


def test_a_right_record_is_taken_behind_a_refused_one_of_its_batch(source: Source) -> None:
    batch = source.push("transactions", transaction(currency="KWD"), FLAT, transaction(amount="149.98"))
    assert (batch["accepted"], batch["held"], invoices()) == (1, {"invalid": 1, "differs": 1}, {"SHOP-T1": "149.99"})


def test_a_refund_whose_invoice_is_refused_issues_nothing(source: Source) -> None:
    batch = source.push("transactions", transaction(currency="KWD", status="refunded"))
    assert (batch["held"], invoices()) == ({"invalid": 1}, {})
    assert rows_of(Transaction, source.store.id).count() == 0


def test_nested_transactions_name_products_and_customers_that_no_one_has_named(source: Source) -> None:
    source.push("products", PRODUCT | {"product_id": "P2", "name": "Desk lamp", "category": "light"})
    source.push("transactions", NESTED, NESTED | {"transaction_id": "T3", "order": NESTED["order"] | {
        "items": [{"product_id": "P3", "name": "Sofa", "category": "home", "price": "299.98", "quantity": 1}]}})  # fmt: skip
    found = rows_of(Product, source.store.id).order_by("code").values_list("code", "name", "category")
    assert list(found) == [("P2", "Desk lamp", "light"), ("P3", "Sofa", "home")]
    customer = rows_of(ReportedCustomer, source.store.id).get()
    assert (customer.customer_id, customer.email, customer.customer_segment) == ("C2", "erika@example.com", "premium")


def test_what_a_customer_record_says_counts_also_where_it_is_fixed_after_the_sale(source: Source) -> None:
    customer = CUSTOMER | {"customer_id": "C2", "email": "max@example.com"}
    source.push("customers", customer | {"registration_date": "soon"})
    source.push("transactions", NESTED)
    [held_one] = rows_of_all_stores(HeldRecord)
    body = json.dumps({"action": "fix", "record": customer})
    source.client.post(f"/api/v1/quality/held/{held_one.pk}", body, content_type="application/json")
    row = rows_of(ReportedCustomer, source.store.id).get()
    assert (row.name, row.email) == ("Max Muster", "max@example.com")


def test_sources_of_two_accounts_with_one_name_have_numbers_of_their_own(source: Source) -> None:
    account = Account.objects.create(slug="nordwind", name="Nordwind")
    other = open_store(account, Wanted(name="Nord Shop", currency="SAR"))
    source.push("transactions", FLAT)
    lines = [json.dumps(FLAT)]
    pushing.push(facts_of(other), Push(source="shop", data_type="transactions", lines=lines, fingerprint=b"1"))
    take_all()
    [theirs] = set(invoices()) - {"SHOP-T1"}
    series = Series.objects.get(prefix=theirs.rpartition("-")[0])
    assert (series.store_id, series.feed_id) == (other.pk, "store-nord-shop")
    assert Invoice.objects.get(invoice_number=theirs).printed_number == "T1"


def test_a_demonstration_store_numbers_its_documents_itself(source: Source) -> None:
    store = open_store(Account.objects.get(pk=1), Wanted(name="Demo Shop", currency="SAR", is_demo=True))
    batch = source.push("transactions", transaction(status="refunded"), store=store.slug)
    assert batch["accepted"] == 1
    kinds = Invoice.objects.filter(series__store_id=store.pk).values_list(
        "series__kind", "kind", "document__external_id"
    )
    assert sorted(kinds) == [("test", "credit_note", "refund:T1"), ("test", "invoice", "transaction:T1")]
    assert Store.objects.get(pk=store.pk).is_demo


@pytest.mark.parametrize(
    ("name", "prefix"),
    [("shop", "SHOP"), ("Web shop 2", "WEB-SHOP-2"), ("läden/ööö", "L-DEN"), ("- -", "SOURCE"), ("demo", "S-DEMO"),
     ("a" * 30, "A" * 20), ("a" * 19 + " b", "A" * 19)],
)  # fmt: skip
def test_the_prefix_is_the_name_in_capitals(name: str, prefix: str) -> None:
    assert wanted_prefix(name) == prefix


def test_two_sources_with_one_prefix_share_no_numbers(source: Source) -> None:
    source.push("transactions", FLAT, source_id="my shop")
    source.push("transactions", FLAT, source_id="my-shop")
    assert sorted(invoices().values()) == ["149.99", "149.99"]
    assert Series.objects.filter(kind="external", document="invoice").count() == 2


def test_the_audit_finds_nothing_after_all_kinds_of_transactions(source: Source, one_snapshot: None) -> None:
    source.push("transactions", FLAT, NESTED, transaction(transaction_id="R", status="refunded"))
    found = audit()
    assert found["ok"], found
    assert rows_of_all_stores(Order).count() == 0


@pytest.mark.parametrize("status", ["completed", "refunded", "pending", "failed"])
def test_a_record_that_is_decided_twice_is_a_duplicate(status: str) -> None:
    """Whatever was known, the second look at a record changes nothing, unless the first one kept it back."""
    for known in (None, Known(status="pending", digest=b"1"), Known(status="failed", digest=b"2")):
        step = decide(known, status, b"1")
        number = "N" if step in (Step.ISSUE, Step.ISSUE_AND_CREDIT) else ""
        credit = "C" if step == Step.ISSUE_AND_CREDIT else ""
        after = Known(status=status, digest=b"1", number=number, credit_number=credit)
        assert decide(after, status, b"1") == Step.DUPLICATE
