"""Erasing the parties of chosen documents: amounts and chain stay valid, and without a row that says so it is refused."""

from __future__ import annotations

import pytest

from invoices.audit import audit
from invoices.documents.erase import NoBasis, erase_parties
from invoices.documents.read import read_documents
from invoices.models import Erasure, Invoice, Series
from tests.invoices.books import write_documents

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_snapshot")]


def test_the_buyer_goes_and_the_books_stay_valid(own_series: Series) -> None:
    write_documents(own_series)
    chosen = list(Invoice.objects.order_by("id").values_list("id", flat=True)[:4])
    assert erase_parties(chosen, basis="Art. 17 GDPR, retention ended", by="anna") == 4
    assert erase_parties(chosen, basis="Art. 17 GDPR, retention ended", by="anna") == 0
    assert audit()["ok"], audit()
    [read] = read_documents(["INV-000003"])
    assert (read.document.buyer.name, read.document.buyer.email, read.document.note) == ("erased", "", "")
    assert read.document.seller.name == "Nordwind GmbH"
    assert set(Erasure.objects.values_list("erased_by", "basis")) == {("anna", "Art. 17 GDPR, retention ended")}


def test_an_erasure_needs_a_basis(own_series: Series) -> None:
    write_documents(own_series)
    with pytest.raises(NoBasis):
        erase_parties([1], basis=" ", by="anna")
