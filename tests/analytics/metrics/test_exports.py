"""Files of figures: whole, with every row, as figures have them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pyarrow import parquet

from analytics.facts.fold import fold_all
from analytics.metrics import answer, documents
from jobs import runner
from tests.analytics.metrics.ask import BASE
from tests.analytics.sales import Shop
from tests.exports.test_downloads import call

YEAR = {"time_range": {"start": "2026-01-01", "end": "2026-12-31"}}


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.INVOICEDASH_DATA_DIR = tmp_path


def start(status: int = 202, **body: Any) -> Any:
    answer = Client().post(BASE + "export", json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def make(form: str = "csv", **body: Any) -> tuple[Any, bytes]:
    """The report of an export that is done, and its file."""
    started = start(format=form, **body)
    assert started["state"] == "queued"
    waiting = Client().get(started["href"]).json()
    assert (waiting["id"], waiting["state"], waiting["href"]) == (started["id"], "queued", None)
    assert Client().get(f"{BASE}exports/{started['id']}/file").status_code == 409
    assert runner.run_queue("long") == 1
    report = Client().get(f"{BASE}exports/{started['id']}").json()
    assert report["state"] == "done", report
    _, content = call("get", report["href"])
    assert hashlib.sha256(content).hexdigest() == report["sha256"]
    return report, content


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_figures_are_exported_in_every_format(shop: Shop) -> None:
    shop.sell("2026-03-01T10:00", "10")
    shop.sell("2026-04-01T10:00", "20.50", fold=True)
    query = {"metric": "revenue,transactions,avg_order_value", "grain": "month", **YEAR}
    report, content = make("csv", query=query)
    found = rows_of(content)
    assert report["rows"] == len(found) == 12
    assert [row["revenue"] for row in found[2:4]] == ["10.00", "20.50"]
    lines = [json.loads(line) for line in make("jsonl", query=query)[1].splitlines()]
    assert (lines[3]["revenue"], lines[3]["transactions"], lines[0]["avg_order_value"]) == ("20.50", 1, None)
    table = parquet.read_table(io.BytesIO(make("parquet", query=query)[1])).to_pylist()
    assert (table[3]["revenue"], table[3]["transactions"]) == (Decimal("20.50"), 1)


def test_a_file_of_many_rows_is_written_in_parts(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "MOST_ROWS", 5)
    monkeypatch.setattr(answer, "PAGE", 5)
    shop.sell("2026-03-01T10:00", "10")
    shop.sell("2026-04-01T10:00", "20", currency="EUR", fold=True)
    report, content = make("csv", query={"metric": "revenue_gross", "grain": "month", **YEAR})
    found = rows_of(content)
    assert report["rows"] == len(found) == 24
    assert [(row["date"], row["currency"]) for row in found[4:6]] == [("2026-03-01", "EUR"), ("2026-03-01", "SAR")]


def test_an_export_takes_the_names_of_the_query_string(shop: Shop) -> None:
    shop.sell("2026-03-01T10:00", "10", fold=True)
    query = {"metric": "revenue", "from": "2026-03-01", "to": "2026-03-02", "filter.category": "(none)"}
    assert [row["revenue"] for row in rows_of(make(query=query)[1])] == ["10.00", "0.00"]


def test_the_documents_behind_a_figure_are_all_in_the_file(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LARGE_PAGE", 3)
    numbers = {shop.sell(f"2026-03-{day:02}T10:00", "10") for day in range(1, 11)}
    shop.refund("2026-03-12T10:00", "4")
    fold_all()
    report, content = make(of="rows", query={"metric": "revenue", **YEAR})
    found = rows_of(content)
    assert report["rows"] == len(found) == 11
    assert numbers < {row["number"] for row in found}
    assert sum(Decimal(row["value"]) for row in found) == Decimal("96.00")


def test_cohorts_and_segments_are_exported(shop: Shop) -> None:
    shop.sell("2026-03-01T10:00", "10", customer="a", fold=True)
    found = rows_of(make(of="segments", query=YEAR)[1])
    assert [row["revenue"] for row in found if row["segment"] == "champions"] == ["10.00"]
    found = rows_of(make(of="cohorts", query=YEAR)[1])
    assert (found[0]["first_month"], found[0]["size"], found[0]["revenue"]) == ("2026-01", "0", "")
    assert next(row["revenue"] for row in found if row["size"] == "1") == "10.00"


def test_a_question_that_cannot_be_answered_is_refused_at_once(shop: Shop) -> None:
    assert start(422, query={"metric": "fun"}, format="csv")["errors"][0]["field"] == "metric"
    assert start(422, query={"metric": "revenue", "by": "store"}, of="cohorts", format="csv")["errors"]
    assert Client().get(f"{BASE}exports/999").status_code == 404
