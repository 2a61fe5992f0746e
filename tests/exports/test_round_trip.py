"""What is exported as JSON lines and imported elsewhere is the same, to the last digit."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from exports.files.filters import Filter, choose
from exports.files.formats import Format, write
from imports import importing
from imports.reading import options as reading_options
from invoices.documents.issue import issue_documents
from invoices.documents.types import Document, GivenVat
from invoices.models import Invoice, Series
from tests.exports.samples import ALL_FIELDS, CATEGORIES
from tests.invoices.documents.samples import credit_note, document, line

# Fields of the store itself: the key of a row, and its source.
ITS_OWN = ("id", "source")


def export() -> bytes:
    sink = io.BytesIO()
    for _ in write(choose(Filter(feed="live")), Format.JSONL, sink):
        pass
    return sink.getvalue()


def said(exported: bytes) -> list[dict[str, Any]]:
    """The documents in the order of their numbers, without what is the store's own."""
    documents = [json.loads(text) for text in exported.splitlines()]
    without = [{name: value for name, value in one.items() if name not in ITS_OWN} for one in documents]
    return sorted(without, key=lambda one: str(one["invoice_number"]))


def issue_some() -> None:
    own = Series.objects.create(prefix="A", kind="external", feed_id="live")
    notes = Series.objects.create(prefix="A-CN", kind="external", feed_id="live", document="credit_note")
    several = document(
        line("3", "2.335", "0.19", product_code="M/1"), line("-1", "0.5", "0.07"), line("2.5", "9.999999", "0"),
        number="2026/1", note='Line one\nline "two" \N{SNOWMAN}', external_id="order 1",
    )  # fmt: skip
    issue_documents(series_id=own.pk, documents=[several, document(number="2")], announce=False)
    issue_documents(series_id=own.pk, documents=rich_documents(), announce=False)
    credited = [
        credit_note(line("1", "2", "0.19"), number="3", corrects="A-2026/1"),
        credit_note(line("1", "2"), number="4", reason="Goodwill"),
    ]
    issue_documents(series_id=notes.pk, documents=credited, announce=False)


def rich_documents() -> list[Document]:
    """With all fields, with VAT as given, of gross prices, in a currency without decimals, and each category."""
    given = GivenVat(rate=Decimal("0.19"), amount=Decimal("1.60"))
    some = [
        ALL_FIELDS.document,
        document(line("1", "8.39", "0.19"), vat=(given,)),
        document(line("3", "3.33", "0.08875"), prices_include_vat=True),
        document(line("3", "400", "0.1"), currency="JPY", rounding_amount=Decimal(-1)),
        document(line("1", "0"), accepted=("zero-total",)),
        *(one.document for one in CATEGORIES.values()),
    ]
    return [replace(one, number=f"rich {place}") for place, one in enumerate(some)]


@pytest.mark.django_db(transaction=True)
def test_an_export_is_imported_into_another_store_as_it_was(tmp_path: Path) -> None:
    issue_some()
    before = export()
    path = tmp_path / "all.jsonl"
    path.write_bytes(before)
    call_command("flush", interactive=False, verbosity=0)
    assert not Invoice.objects.exists(), "the premise: it is another store"

    options = reading_options.make({"format": "json", "series": "A"})
    report = importing.import_files([path], options).as_json()
    assert report["quarantined"] == {}
    assert said(export()) == said(before)
