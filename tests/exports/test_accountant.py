"""The CSV of an accountant: VAT per rate and country, signed credit notes, and the same amounts when it is imported."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from exports.files.filters import Filter, choose
from exports.files.formats import Format, write
from exports.files.style import BOM, DecimalMark, Rows, Separator, Style
from imports import importing
from imports.reading import options as reading_options
from invoices.documents.issue import issue_documents
from invoices.documents.read import read_documents
from invoices.documents.types import Document, GivenVat, Party
from invoices.models import Invoice, Series, VatGroup
from tests.exports.test_round_trip import issue_some
from tests.invoices.documents.samples import credit_note, document, issue_one, line

VAT = Style(rows=Rows.VAT)
SHOP = Party(name="Müller & Söhne", country="AT")


def file_of(style: Style, feed: str = "live", series: str | None = None) -> str:
    sink = io.BytesIO()
    for _ in write(choose(Filter(feed=feed, series=series)), Format.CSV, sink, style):
        pass
    return sink.getvalue().decode()


def rows_of(style: Style = VAT, series: str | None = None) -> list[dict[str, str]]:
    return list(
        csv.DictReader(io.StringIO(file_of(style, series=series).removeprefix(BOM), newline=""), delimiter=style.sign)
    )


def groups_in_the_books() -> dict[str, list[tuple[Any, ...]]]:
    found = defaultdict(list)
    names = ("rate", "category", "net", "vat")
    for number, *group in VatGroup.objects.order_by("rate", "category").values_list("invoice__invoice_number", *names):
        found[number].append(tuple(group))
    return dict(found)


@pytest.mark.django_db
def test_case_16_a_document_of_two_rates_has_a_row_for_each_with_the_country() -> None:
    issue_one(document(line("2", "10"), line("1", "5", "0.1"), buyer=SHOP))
    reduced, standard = rows_of()
    assert (reduced["vat_rate"], reduced["net_amount"], reduced["vat_amount"]) == ("0.1", "5.00", "0.50")
    assert (standard["vat_rate"], standard["net_amount"], standard["vat_amount"]) == ("0.2", "20.00", "4.00")
    assert {row["buyer_country"] for row in (reduced, standard)} == {"AT"}
    assert standard["total_amount"] == "24.00"


@pytest.mark.django_db
def test_a_credit_note_is_negative() -> None:
    first = issue_one(document(line("2", "10")))
    issue_one(credit_note(line("1", "10"), corrects=first, reason="Broken"))
    invoice, credited = rows_of()
    assert (credited["kind"], credited["corrects"]) == ("credit_note", first)
    assert [credited[name] for name in ("net_amount", "vat_amount", "total_amount")] == ["-10.00", "-2.00", "-12.00"]
    assert sum(Decimal(row["total_amount"]) for row in (invoice, credited)) == Decimal("12.00")


@pytest.mark.django_db
def test_excel_opens_it_with_umlauts_and_decimal_commas() -> None:
    issue_one(document(line("1", "1234.50"), buyer=SHOP))
    style = Style(rows=Rows.VAT, separator=Separator.SEMICOLON, decimal_mark=DecimalMark.COMMA, bom=True)
    text = file_of(style)
    assert text.startswith(f"{BOM}number;")
    [row] = rows_of(style)
    assert (row["buyer_name"], row["net_amount"], row["vat_rate"]) == ("Müller & Söhne", "1234,50", "0,2")


@pytest.mark.django_db
def test_the_rows_of_documents_may_have_tabs_too() -> None:
    issue_one(document(line("1", "10")))
    [row] = rows_of(Style(separator=Separator.TAB))
    assert (row["total_amount"], row["vat_rate"]) == ("12.00", "0.20")


@pytest.mark.django_db
def test_the_day_is_that_of_the_zone_of_the_store() -> None:
    series = Series.objects.create(prefix="B", kind="internal", feed_id="live", timezone="Europe/Berlin")
    late = document(line("1", "10"), issued_at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    issue_documents(series_id=series.pk, documents=[late], announce=False)
    assert [row["invoice_date"] for row in rows_of()] == ["2026-11-01"]


@pytest.mark.django_db(transaction=True)
def test_the_file_is_imported_again_with_the_same_amounts(tmp_path: Path) -> None:
    issue_some()
    before = groups_in_the_books()
    assert any(net < 0 for groups in before.values() for _, _, net, _ in groups), "the premise: a negative group"
    path = tmp_path / "accountant.csv"
    path.write_text(file_of(VAT))
    call_command("flush", interactive=False, verbosity=0)
    assert not Invoice.objects.exists(), "the premise: it is another store"

    report = importing.import_files([path], reading_options.make({"format": "invoices-csv", "series": "A"})).as_json()
    assert report["quarantined"] == {}
    assert groups_in_the_books() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("separator", Separator)
def test_the_file_of_a_spreadsheet_is_imported_again_with_its_texts(separator: Separator, tmp_path: Path) -> None:
    style = Style(rows=Rows.VAT, separator=separator, decimal_mark=DecimalMark.COMMA, bom=True)
    series = Series.objects.create(prefix="A", kind="external", feed_id="live")
    odd = document(line("3", "0.333", "0.055"), buyer=Party(name='=Müller; "+"'), external_id="-17", number="@1")
    issue_documents(series_id=series.pk, documents=[odd], announce=False)
    before = groups_in_the_books()
    path = tmp_path / "again.csv"
    path.write_bytes(file_of(style).encode())
    call_command("flush", interactive=False, verbosity=0)
    report = importing.import_files([path], reading_options.make({"series": "A"})).as_json()
    assert (report["quarantined"], report["detected"][0]["format"]) == ({}, "invoices-csv")
    assert groups_in_the_books() == before
    [number] = before
    [found] = read_documents([number])
    assert (found.document.buyer.name, found.document.external_id) == ('=Müller; "+"', "-17")


def many_pieces() -> list[Document]:
    """VAT that many rounded pieces have moved, and a credit note over a part of it."""
    moved = document(line("60", "1.11"), vat=(GivenVat(rate=Decimal("0.2"), amount=Decimal("13.60")),))
    return [replace(moved, number="moved"), replace(document(line("3", "0.333333")), number="thirds")]


@pytest.mark.django_db(transaction=True)
def test_vat_that_many_pieces_have_moved_is_imported_again_too(tmp_path: Path) -> None:
    series = Series.objects.create(prefix="A", kind="external", feed_id="live")
    issue_documents(series_id=series.pk, documents=many_pieces(), announce=False)
    before = groups_in_the_books()
    path = tmp_path / "moved.csv"
    path.write_text(file_of(VAT))
    call_command("flush", interactive=False, verbosity=0)
    report = importing.import_files([path], reading_options.make({"format": "invoices-csv", "series": "A"})).as_json()
    assert report["quarantined"] == {}
    assert groups_in_the_books() == before


@pytest.mark.django_db
def test_supplier_bills_are_written_only_where_their_series_is_named() -> None:
    issue_one(document(line("1", "10")))
    bills = Series.objects.create(prefix="BUY", kind="purchase", feed_id="live")
    issue_documents(series_id=bills.pk, documents=[document(line("1", "70"))], announce=False)
    assert [row["net_amount"] for row in rows_of()] == ["10.00"]
    assert [row["net_amount"] for row in rows_of(series="BUY")] == ["70.00"]


@pytest.mark.django_db
def test_the_command_writes_it_and_refuses_a_style_for_another_format(tmp_path: Path) -> None:
    issue_one(document(line("1", "10")))
    path = tmp_path / "a.csv"
    options = {"feed": "live", "rows": "vat", "separator": "semicolon", "decimal_mark": "comma", "bom": True}
    call_command("export_invoices", output=str(path), **options)
    assert path.read_text(encoding="utf-8-sig").splitlines()[1].endswith(";10,00;2,00;12,00")
    with pytest.raises(CommandError, match="are of CSV files"):
        call_command("export_invoices", output=str(tmp_path / "a.jsonl"), **options)


@pytest.mark.django_db
def test_a_call_that_wants_a_separator_in_parquet_is_refused(client: Client, settings: Settings) -> None:
    settings.INVOICEDASH_OPEN = True
    answer = client.get("/api/exports/invoices.parquet?separator=tab")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "format"
