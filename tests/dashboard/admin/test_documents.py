"""The admin's page of a document shows its lines, parties and credit notes, and changes nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from invoices.admin.figures import add_up, kept_sums
from invoices.models import Invoice
from tests.invoices.documents.samples import credit_note, document, issue_one, line

pytestmark = pytest.mark.django_db


def test_a_document_is_shown_with_its_lines_and_corrections(admin_client: Client) -> None:
    number = issue_one(document(line("2", "10.5", description="<b>Mug</b>"), line("1", "5", "0")))
    note = issue_one(credit_note(line("1", "1"), corrects=number, reason="broken"))
    pages = {
        one.invoice_number: admin_client.get(reverse("admin:invoices_invoice_change", args=[one.pk])).content.decode()
        for one in Invoice.objects.all()
    }
    for text in (
        "&lt;b&gt;Mug&lt;/b&gt;",
        "21.00",
        "0.20 of 21.00: 4.20",
        "Hafenstr. 1, 24103 Kiel",
        note,
        "(1.20 of 30.20)",
    ):
        assert text in pages[number], text
    assert number in pages[note]
    assert "broken" in pages[note]


def test_the_sums_of_a_list_take_credit_notes_off() -> None:
    issue_one(document())
    issue_one(credit_note(line("1", "10"), reason="goodwill"))
    [added], [kept] = add_up(Invoice.objects.all()), kept_sums()
    assert added == kept
    assert (added["counted"], str(added["total_sum"])) == (2, "108.00")
