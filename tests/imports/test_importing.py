"""Files become documents exactly once, also when a file is sent again, changed or wrong."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from imports import importing
from imports.models import SourceFile
from imports.reading import options as reading_options
from imports.reading import source
from imports.reading.lines import BadFile
from imports.report import MOST_WARNINGS
from invoices.audit import audit
from invoices.models import Invoice
from quality.models import Quarantined
from streaming.models import Feed
from tests.imports.conftest import Write
from tests.imports.samples import COLUMNS, row, shop

pytestmark = pytest.mark.django_db


def do(*paths: Path, **given: Any) -> dict[str, Any]:
    return importing.import_files(paths, shop(**given)).as_json()


def totals() -> dict[str, Decimal]:
    return {invoice.invoice_number: invoice.total_amount for invoice in Invoice.objects.all()}


def quarantined() -> list[tuple[str, str, str]]:
    return list(Quarantined.objects.order_by("pk").values_list("key", "rule", "state"))


def test_documents_keep_their_numbers_and_credit_notes_have_a_series_of_their_own(write: Write) -> None:
    report = do(write(row("536365"), row("536365", "1", "5"), row("C536366", "-1", "10")))
    assert (report["read"], report["documents"], report["credit_notes"]) == (3, 2, 1)
    assert totals() == {"SHOP-536365": Decimal("20.30"), "SHOP-CN-C536366": Decimal("10.00")}
    kinds = set(Invoice.objects.values_list("series__kind", "series__feed_id"))
    assert kinds == {("external", "live")}


def test_the_same_file_again_changes_nothing_and_says_so(write: Write) -> None:
    path = write(row("1"), row("2", "-5", "0", CustomerID=""), row("3", "x"))
    first, before = do(path), (totals(), quarantined())
    again = do(path)
    assert (totals(), quarantined()) == before
    assert (first["documents"], again["documents"], again["duplicates"], again["files"]["unchanged"]) == (1, 0, 3, 1)
    assert "nothing in it is new" in again["notes"][0]


def test_texts_that_look_equal_are_equal(write: Write) -> None:
    loose, composed = "E\u0301-1", "\u00c9-1"
    report = do(write(row(loose, Description=loose), row(composed, Description=composed)))
    assert (report["read"], report["documents"]) == (2, 1)
    invoice = Invoice.objects.get()
    assert invoice.invoice_number == f"SHOP-{composed}"
    assert set(invoice.lines.values_list("description", flat=True)) == {composed}
    assert do(write(row(composed), row(composed), name="again.csv"))["quarantined"] == {"differs": 1}


def test_what_was_issued_before_texts_were_normalized_is_known_again(write: Write) -> None:
    loose = "Cafe\u0301"
    path = write(row("1", Description=loose))
    with pytest.MonkeyPatch.context() as before:
        before.setattr(source, "normalize_document", lambda document: document)
        do(path)
    assert Invoice.objects.get().lines.get().description == loose
    again = do(write(row("1", Description=loose), name="again.csv"))
    assert (again["documents"], again["duplicates"], again["quarantined"]) == (0, 1, {})


def test_hidden_characters_are_kept_back_and_named(write: Write) -> None:
    report = do(write(row("1\u200b"), row("2", Description="LAN\u202eTERN"), row("3")))
    assert (report["documents"], report["quarantined"]) == (1, {"invalid": 2})
    messages = list(Quarantined.objects.order_by("pk").values_list("message", flat=True))
    assert "number: it holds U+200B (ZERO WIDTH SPACE)" in messages[0]
    assert "lines.0.description: it holds U+202E (RIGHT-TO-LEFT OVERRIDE)" in messages[1]


def test_numbers_of_mixed_scripts_are_issued_and_the_first_of_them_noted(write: Write) -> None:
    count = MOST_WARNINGS + 5
    report = do(write(*(row(f"\u0410{index}B") for index in range(count))))
    assert report["documents"] == count
    noted = [note for note in report["notes"] if "CYRILLIC and LATIN" in note]
    assert len(noted) == MOST_WARNINGS


def test_a_number_too_long_for_its_series_is_kept_back_and_named(write: Write) -> None:
    report = do(write(row("7" * 48), row("1")))
    assert (report["documents"], report["quarantined"]) == (1, {"refused": 1})
    assert "number:" in Quarantined.objects.get().message


def test_under_another_name_its_documents_are_duplicates(write: Write) -> None:
    do(write(row("1"), row("2")))
    again = do(write(row("1"), row("2"), name="copy.csv"))
    assert (again["documents"], again["duplicates"]) == (0, 2)


def test_a_changed_file_says_so_adds_what_is_new_and_never_changes_what_is_issued(write: Write) -> None:
    do(write(row("1"), row("2")))
    before = totals()
    report = do(write(row("1"), row("2", "7"), row("3")))
    assert "has changed since" in report["notes"][0]
    assert (report["documents"], report["duplicates"], report["quarantined"]) == (1, 1, {"differs": 1})
    assert totals() == before | {"SHOP-3": Decimal("15.30")}
    kept = Quarantined.objects.get()
    assert "correct it by a credit note" in kept.message
    assert (kept.amount, kept.currency) == (Decimal("17.85"), "GBP")


def test_a_broken_document_is_kept_raw_and_whole_and_the_others_are_issued(write: Write) -> None:
    path = write(row("1"), row("2"), row("2", "six"), row("3"))
    assert do(path)["quarantined"] == {"bad-value": 1}
    kept = Quarantined.objects.get()
    assert set(totals()) == {"SHOP-1", "SHOP-3"}
    assert (kept.amount, kept.currency) == (None, ""), "what cannot be read has no amount"
    assert (kept.line, kept.raw) == (3, "".join(path.read_text().splitlines(keepends=True)[2:4]))


def test_a_later_file_heals_what_it_corrects_and_replaces_other_broken_rows(write: Write) -> None:
    do(write(row("1", "six"), row("2", "six")))
    do(write(row("1", "6"), row("2", "seven")))
    assert quarantined() == [("1", "bad-value", "healed"), ("2", "bad-value", "replaced"), ("2", "bad-value", "open")]
    assert set(totals()) == {"SHOP-1"}


def test_stock_movements_are_set_aside_and_need_no_person(write: Write) -> None:
    report = do(write(row("1", "-5", "0.0", CustomerID=""), row("2", "5", "0.0", CustomerID="")))
    assert (report["set_aside"], report["quarantined"]) == ({"stock-correction": 2}, {})
    assert {state for _, _, state in quarantined()} == {"set_aside"}


def test_history_is_not_announced_unless_it_is_asked_for(write: Write) -> None:
    do(write(row("1")))
    assert position() == 0
    do(write(row("2"), name="b.csv"), announce=True)
    assert position() == 1


def position() -> int:
    """How many were announced on the live feed."""
    return Feed.objects.get(name="live").position


def test_two_shops_may_have_the_same_numbers(write: Write) -> None:
    do(write(row("1")))
    do(write(row("1", "7"), name="other.csv"), series="OTHER")
    assert set(totals()) == {"SHOP-1", "OTHER-1"}


def test_a_bad_file_among_others_imports_none_of_them(write: Write, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(",".join(COLUMNS).encode() + b"\n\x81")
    with pytest.raises(BadFile, match=r"bad\.csv, near line"):
        do(write(row("1")), bad)
    assert totals() == {}
    assert not SourceFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no column names"),
        ("InvoiceNo,Quantity\n1,2\n", "has no column StockCode, Description"),
        ("number,invoice_date,buyer_name,description,quantity,unit_price\n", "has no column InvoiceNo"),
        ("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n", "holds no rows"),
        ("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,Colour\n1,\n", "'Colour'"),
    ],
    ids=["empty", "columns missing", "other format", "header alone", "unknown column"],
)
def test_a_file_of_another_kind_is_refused_with_a_sentence(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(content)
    with pytest.raises(BadFile, match=words):
        do(path)


def test_our_own_csv_has_lines_rates_and_parties(tmp_path: Path) -> None:
    path = tmp_path / "own.csv.gz"
    text = (
        "number,invoice_date,due_date,currency,buyer_name,buyer_country,description,quantity,unit_price,vat_rate,kind,corrects\n"
        "A-1,2026-01-31,2026-02-28,EUR,Ann,DE,Tea,2,10.00,0.07,,\nA-1,,,,,,Pot,1,30.00,0.19,,\n"
        "C-1,2026-02-01,,EUR,Ann,DE,Pot,1,30.00,0.19,credit_note,A-1\n"
        "C-2,2026-02-01,,EUR,Ann,DE,Pot,9,30.00,0.19,credit_note,A-1\n"
        "C-3,2026-02-01,,EUR,Ann,DE,Pot,1,30.00,0.19,credit_note,A-9\n"
    )
    path.write_bytes(gzip.compress(text.encode()))
    options = reading_options.make({"format": "invoices-csv", "seller": "We"})
    report = importing.import_files([path], options).as_json()
    assert totals() == {"SHOP-A-1": Decimal("57.10"), "SHOP-CN-C-1": Decimal("35.70")}
    assert report["quarantined"] == {"refused": 2}
    messages = list(Quarantined.objects.order_by("line").values_list("message", flat=True))
    assert "is more than the 21.40 that is left of SHOP-A-1" in messages[0]
    assert "A-9" in messages[1]


def test_json_lines_without_a_number_get_one_of_ours_and_are_known_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    one = {
        "invoice_date": "2026-01-31T12:00:00Z", "currency": "EUR", "seller": {"name": "We"}, "buyer": {"name": "Ann"},
        "lines": [{"description": "Tea", "quantity": 2, "unit_price": "10.00", "vat_rate": "0.07"}],
    }  # fmt: skip
    wrong = one | {"total_amount": "21.41", "external_id": "x"}
    path.write_text(
        "\n".join(map(json.dumps, [one, one, wrong, one | {"external_id": "order 7"}, one | {"colour": 1}]))
    )
    options = reading_options.make({"format": "json"})
    report = importing.import_files([path], options).as_json()
    assert totals() == dict.fromkeys(["INV-000001", "INV-000002", "INV-000003"], Decimal("21.40"))
    assert (report["duplicates"], report["quarantined"]) == (0, {"sums-differ": 1, "bad-value": 1})
    path.write_text(path.read_text() + "\n")
    assert importing.import_files([path], options).as_json()["duplicates"] == 3
    assert len(totals()) == 3


@pytest.mark.usefixtures("one_snapshot")
def test_the_audit_finds_nothing_wrong_with_what_was_imported(write: Write) -> None:
    do(write(row("1"), row("C2", "-1"), row("3", "x")))
    assert audit()["ok"]
