"""issue_documents(): numbers, rows, lines, corrections, chain and announcement in one transaction, or nothing of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from invoices import series as all_series
from invoices import totals
from invoices.documents.amounts import amounts_of
from invoices.documents.issue import BadDocument, issue_documents, issue_in_several
from invoices.documents.read import read_documents
from invoices.documents.types import Document
from invoices.models import Credit, Invoice, Line, Link, Series
from invoices.queries import UnknownInvoice, load_items
from streaming.feed import display
from tests.invoices.documents.samples import BUYER, SELLER, credit_note, document, issue_one, line, ours
from tests.invoices.samples import kept_totals, summed_totals

pytestmark = pytest.mark.django_db


def live(currency: str = "EUR") -> tuple[int, str, str, str]:
    found = totals.refresh("live", currency)
    return found["invoice_count"], found["subtotal_amount"], found["vat_amount"], found["total_amount"]


def test_what_is_issued_is_read_as_it_was() -> None:
    written = document(
        line("2.5", "3.333333", "0.2", description="Tea and\\milk", product_code="T1"),
        line("-1", "1.5", "0.05"),
        line("3", "10", "0"),
        due_date=date(2011, 1, 1),
        source="test",
        external_id="42/7",
        note="two\nlines",
    )
    number = issue_one(written)
    [read] = read_documents([number])
    assert read.document == written
    assert (read.number, read.series, read.ordinal, read.is_test) == ("INV-000001", "INV", 1, False)
    sums = amounts_of(written)
    assert (read.subtotal, read.vat_amount, read.total_amount) == (sums.subtotal, sums.vat_amount, sums.total_amount)
    assert read.vat_groups == sums.groups
    assert Invoice.objects.get().vat_rate is None


def test_totals_and_the_feed_move_with_it(own_series: Series) -> None:
    issue_documents(series_id=own_series.pk, documents=[document(), document(line("2"))])
    assert live() == (2, "300.00", "60.00", "360.00")
    assert display("live").announced_count == 2
    assert '"kind":"invoice"' in load_items([(own_series.pk, 1)])[own_series.pk, 1]


def test_history_is_not_announced(own_series: Series) -> None:
    issue_documents(series_id=own_series.pk, documents=[document()], announce=False)
    assert (live()[0], display("live").announced_count) == (1, 0)


def test_a_source_keeps_its_numbers_behind_its_prefix() -> None:
    shop = all_series.ensure(prefix="SHOP", kind=Series.Kind.EXTERNAL)
    issued = issue_documents(series_id=shop.pk, documents=[document(number="536365"), document(number="a/b c")])
    assert issued.numbers == ["SHOP-536365", "SHOP-a/b c"]
    assert [one.document.number for one in read_documents(issued.numbers)] == ["536365", "a/b c"]


def test_a_credit_note_is_taken_off_the_totals_and_points_at_its_invoice() -> None:
    number = issue_one(document(line("3")))
    credit = issue_one(credit_note(line("1"), corrects=number))
    [read] = read_documents([credit])
    assert (read.number, read.document.corrects, read.document.kind) == ("CN-000001", number, "credit_note")
    assert live() == (1, "200.00", "40.00", "240.00")
    assert totals.refresh("live", "EUR")["average_amount"] == "240.00"
    assert kept_totals() == summed_totals()


def test_a_credit_note_without_an_invoice_is_issued_with_its_reason() -> None:
    issue_one(credit_note(reason="goodwill"))
    assert live() == (0, "-100.00", "-20.00", "-120.00")


def test_credits_of_an_invoice_add_up_to_its_total_and_no_further() -> None:
    number = issue_one(document(line("3")))
    issue_one(credit_note(line("2"), corrects=number))
    with pytest.raises(BadDocument, match=r"120\.00 that is left of INV-000001 \(360\.00, 240\.00 credited\)"):
        issue_one(credit_note(line("1", "100.01"), corrects=number))
    issue_one(credit_note(line("1"), corrects=number))
    assert Credit.objects.get().credited_amount == Decimal("360.00")


def test_two_credit_notes_of_one_batch_are_added_up_as_well() -> None:
    number = issue_one(document(line("3")))
    two = [credit_note(line("2"), corrects=number)] * 2
    with pytest.raises(BadDocument, match=r"is more than the 120\.00 that is left") as refusal, transaction.atomic():
        issue_documents(series_id=ours("credit_note").pk, documents=two)
    assert refusal.value.index == 1
    assert ours("credit_note").last_ordinal == 0


BAD = {
    "no lines": (document(lines=()), "lines"),
    "a sum of zero": (document(line("1"), line("-1")), "lines"),
    "negative VAT": (document(line("1", "100", "0"), line("-1", "50", "0.2")), "lines"),
    "a price below zero": (document(line("-1", "-1")), "lines.0.unit_price"),
    "seven decimals": (document(line("1.0000001")), "lines.0.quantity"),
    "NaN": (document(line("NaN")), "lines.0.quantity"),
    "a huge line": (document(line("1000000", "1000000")), "lines.0.quantity"),
    "a rate over one": (document(line("1", "1", "1.01")), "lines.0.vat_rate"),
    "a rate of seven decimals": (document(line("1", "1", "0.1234567")), "lines.0.vat_rate"),
    "no description": (document(line(description=" ")), "lines.0.description"),
    "an unknown currency": (document(currency="EUX"), "currency"),
    "a currency with three decimals": (document(currency="KWD"), "currency"),
    "a control character": (document(note="\x07"), "note"),
    "half a character": (document(reason="\ud800"), "reason"),
    "an invoice that corrects": (document(corrects="INV-000001"), "corrects"),
    "a number for our series": (document(number="7"), "number"),
    "a credit note among invoices": (credit_note(reason="goodwill"), "kind"),
}


@pytest.mark.parametrize(("bad", "field"), BAD.values(), ids=BAD)
def test_what_cannot_be_issued_is_named_and_nothing_is_issued(own_series: Series, bad: Document, field: str) -> None:
    with pytest.raises(BadDocument) as refusal, transaction.atomic():
        issue_documents(series_id=own_series.pk, documents=[document(), bad])
    assert [finding.field for finding in refusal.value.findings] == [field]
    assert refusal.value.index == 1
    own_series.refresh_from_db()
    assert (own_series.last_ordinal, Invoice.objects.count(), Line.objects.count()) == (0, 0, 0)


CORRECTIONS = {
    "that is not there": ("INV-000009", "EUR", "No real invoice"),
    "that is a credit note": ("CN-000001", "EUR", "is a credit note"),
    "in another currency": ("INV-000001", "USD", "is in EUR"),
}


@pytest.mark.parametrize(("number", "currency", "message"), CORRECTIONS.values(), ids=CORRECTIONS)
def test_a_credit_note_corrects_nothing(number: str, currency: str, message: str) -> None:
    issue_one(document())
    issue_one(credit_note(reason="goodwill"))
    with pytest.raises(BadDocument, match=message), transaction.atomic():
        issue_one(credit_note(line("0.1"), corrects=number, currency=currency))


def test_generated_invoices_are_no_documents(test_series: Series) -> None:
    with pytest.raises(BadDocument, match="generated invoices alone"), transaction.atomic():
        issue_documents(series_id=test_series.pk, documents=[document()])


def test_the_same_external_id_is_issued_once_for_each_source() -> None:
    issue_one(document(source="a", external_id="1"))
    issue_one(document(source="b", external_id="1"))
    issue_one(document(source="a"))
    issue_one(document(source="a"))
    with pytest.raises(IntegrityError, match="document_external_id_once"), transaction.atomic():
        issue_one(document(source="a", external_id="1"))
    assert ours().last_ordinal == 4


def test_invoices_and_their_credit_notes_are_issued_together() -> None:
    shop = all_series.ensure(prefix="SHOP", kind="external")
    notes = all_series.ensure(prefix="SHOP-CN", kind="external", document="credit_note")
    issued = issue_in_several({
        notes.pk: [credit_note(line("1"), number="C1", corrects="SHOP-1")],
        shop.pk: [document(line("3"), number="1")],
    })  # fmt: skip
    assert (issued[shop.pk].numbers, issued[notes.pk].numbers) == (["SHOP-1"], ["SHOP-CN-C1"])
    assert live() == (1, "200.00", "40.00", "240.00")
    assert display("live").announced_count == 2


def test_every_real_document_has_its_link(own_series: Series) -> None:
    issue_documents(series_id=own_series.pk, documents=[document(), document()])
    issue_one(document())
    links = list(Link.objects.filter(series=own_series).order_by("ordinal"))
    assert [link.ordinal for link in links] == [1, 2, 3]
    own_series.refresh_from_db()
    assert bytes(own_series.chain_head or b"") == bytes(links[-1].hash)


def test_unknown_numbers_are_named() -> None:
    with pytest.raises(UnknownInvoice, match="INV-000009"):
        read_documents(["INV-000009"])


def test_who_sold_and_bought_is_copied() -> None:
    issue_one(document())
    invoice = Invoice.objects.get()
    assert (invoice.seller_name, invoice.buyer_name) == (SELLER.name, BUYER.name)


def test_a_series_is_opened_once_and_stays_what_it_is() -> None:
    first = all_series.ensure(prefix="SHOP", kind="external")
    assert all_series.ensure(prefix="SHOP", kind="external") == first
    with pytest.raises(all_series.WrongSeries, match="holds invoices; take another prefix, such as SHOP-CN"):
        all_series.ensure(prefix="SHOP", kind="external", document="credit_note")
    for prefix in ("DEMO2", "shop", "", "-A", "A" * 21):
        with pytest.raises(all_series.WrongSeries):
            all_series.ensure(prefix=prefix, kind="external")
