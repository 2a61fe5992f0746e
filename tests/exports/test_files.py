"""Files of any filter: the same rows in every format, safe to open, in one snapshot and bounded memory."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pyarrow import parquet

from exports.files.csv import to_csv
from exports.files.filters import Filter, UnknownSeries, choose
from exports.files.formats import Format, write
from exports.files.rows import NAMES, read_rows
from invoices.issue import issue
from invoices.series import current_test_series
from tests.exports.conftest import NASTY
from tests.exports.samples import ALL_FIELDS
from tests.invoices.documents.samples import issue_one
from tests.invoices.samples import drafts

pytestmark = pytest.mark.django_db
# The full-width signs and the small equals sign too: a spreadsheet may take them for the plain ones.
SIGNS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20\ufe66"
LIVE, DEMO = Filter(feed="live"), Filter(feed="demo")


def file_of(wanted: Filter, form: Format) -> bytes:
    sink = io.BytesIO()
    sink.close, made = lambda: None, sink  # type: ignore[method-assign]
    for _ in write(choose(wanted), form, sink):
        pass
    return made.getvalue()


def rows_of(wanted: Filter) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file_of(wanted, Format.CSV).decode(), newline="")))


def test_csv_has_a_row_a_document_in_the_order_of_issue(store: list[str]) -> None:
    first, second, credited = rows_of(LIVE)
    assert [row["invoice_number"] for row in (first, second, credited)] == store
    assert first == {
        "invoice_number": store[0], "invoice_date": "2010-12-01T08:26:00.000000Z", "seller_name": "Nordwind GmbH",
        "buyer_name": "Ocean & Sons", "currency": "EUR", "vat_rate": "", "subtotal": "25.00", "vat_amount": "4.50",
        "total_amount": "29.50", "kind": "invoice", "due_date": "", "corrects": "", "source": "shop",
        "external_id": "'-17", "printed_number": store[0], "invoice_day": "2010-12-01", "prepaid_amount": "0.00",
        "rounding_amount": "0.00", "payable_amount": "29.50", "allowances": "[]", "charges": "[]",
        "vat_groups": '[{"rate": "0.10", "category": "S", "net": "5.00", "vat": "0.50", "reason": ""}, '
        '{"rate": "0.20", "category": "S", "net": "20.00", "vat": "4.00", "reason": ""}]',
    }  # fmt: skip
    assert (credited["kind"], credited["corrects"], credited["total_amount"]) == ("credit_note", store[0], "12.00")
    assert second["vat_rate"] == "0.20"


def test_no_cell_is_a_formula_and_numbers_stay_numbers(store: list[str]) -> None:
    buyers = [row["buyer_name"] for row in rows_of(DEMO)]
    assert buyers == [f"'{name}" if name[0] in SIGNS else name for name in NASTY]
    [cells] = csv.reader(io.StringIO(to_csv([[Decimal("-5.00"), "-5.00", None]]).decode()))
    assert cells == ["-5.00", "'-5.00", ""]


def test_parquet_holds_the_same_with_exact_types(store: list[str]) -> None:
    for wanted in (LIVE, DEMO):
        table = parquet.read_table(io.BytesIO(file_of(wanted, Format.PARQUET)))
        assert table.to_pylist() == [
            dict(zip(NAMES, row, strict=True)) for chunk in read_rows(choose(wanted)) for row in chunk
        ]
        assert table.num_rows
    assert table.schema.field("total_amount").type == pa.decimal128(12, 2)
    assert table.schema.field("vat_rate").type == pa.decimal128(9, 6)
    assert table.schema.field("invoice_date").type == pa.timestamp("us", tz="UTC")


def test_csv_and_parquet_hold_vat_groups_allowances_and_charges(db: None) -> None:
    issue_one(ALL_FIELDS.document)
    [row] = rows_of(LIVE)
    groups = [(each["rate"], each["net"], each["vat"]) for each in json.loads(row["vat_groups"])]
    assert groups == [("0.07", "24.40", "1.71"), ("0.19", "16.50", "3.14")]
    loyal = {"amount": "2.00", "vat_rate": "0.19", "vat_category": "S", "reason": "Loyal customer"}
    shipping = {"amount": "4.90", "vat_rate": "0.07", "vat_category": "S", "reason": "Shipping"}
    assert [json.loads(row[name]) for name in ("allowances", "charges")] == [[loyal], [shipping]]
    [found] = parquet.read_table(io.BytesIO(file_of(LIVE, Format.PARQUET))).to_pylist()
    assert [(each["rate"], each["net"], each["vat"]) for each in found["vat_groups"]] == [
        tuple(Decimal(text) for text in group) for group in groups
    ]
    assert [found[name][0]["amount"] for name in ("allowances", "charges")] == [Decimal(2), Decimal("4.90")]


def test_a_generated_invoice_has_one_vat_group(db: None) -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(1))
    [row] = rows_of(DEMO)
    [group] = json.loads(row["vat_groups"])
    assert (group["net"], group["vat"], group["category"]) == (row["subtotal"], row["vat_amount"], "S")


@pytest.mark.parametrize("form", [Format.CSV, Format.PARQUET, Format.JSONL])
def test_a_file_of_nothing_is_a_file(form: Format, db: None) -> None:
    made = file_of(LIVE, form)
    assert made.count(b"\n") == 1 if form == Format.CSV else True
    if form == Format.PARQUET:
        assert parquet.read_table(io.BytesIO(made)).num_rows == 0


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"kind": "credit_note"}, [2]),
        ({"kind": "invoice"}, [0, 1]),
        ({"currency": "SEK"}, [1]),
        ({"series": "CN"}, [2]),
        ({"q": "inv-"}, [0, 1]),
        ({"q": "ocean nord"}, [0, 1, 2]),
        ({"q": "cean"}, []),
        ({"date_from": date(2010, 12, 1), "date_to": date(2010, 12, 1)}, [0, 1, 2]),
        ({"date_from": date(2010, 12, 2)}, []),
        ({"date_to": date(2010, 11, 30)}, []),
        ({"date_from": date.min, "date_to": date.max}, [0, 1, 2]),
    ],
)
def test_a_filter_leaves_in_what_it_says(store: list[str], changes: dict[str, Any], found: list[int]) -> None:
    numbers = [row["invoice_number"] for row in rows_of(Filter(feed="live", **changes))]
    assert numbers == [store[index] for index in found]


def test_a_series_of_another_feed_is_named_with_those_there_are(db: None) -> None:
    with pytest.raises(UnknownSeries, match=r"'INV'.* it has DEMO1"):
        choose(Filter(feed="demo", series="INV"))


def test_rows_come_from_a_cursor_of_the_server_a_chunk_at_a_time(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(50))
    monkeypatch.setattr("exports.files.rows.CHUNK", 20)
    with CaptureQueriesContext(connection) as queries:
        counts = list(write(choose(DEMO), Format.CSV, io.BytesIO()))
    assert counts == [20, 40, 50]
    assert any("statement_timeout" in query["sql"] for query in queries)


class TestCommand:
    def test_it_writes_the_file_whole_or_not_at_all(self, store: list[str], tmp_path: Path) -> None:
        path = tmp_path / "live.csv"
        call_command("export_invoices", output=str(path), feed="live", currency="EUR")
        assert path.read_text().count("\n") == 3
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"output": "x.xlsx"}, "does not end in"),
            ({"output": "/nowhere/x.csv"}, "cannot be written"),
            ({"output": "x.csv", "series": "NO"}, "has no series 'NO'"),
            ({"output": "x.csv", "date_from": "yesterday"}, "is not a day"),
        ],
    )
    def test_what_cannot_be_is_said_in_a_sentence(
        self, db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, str], said: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(CommandError, match=said):
            call_command("export_invoices", **options)
        assert not [path for path in tmp_path.iterdir() if path.suffix == ".csv"]
