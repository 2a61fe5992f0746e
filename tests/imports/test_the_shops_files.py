"""The shop's real files: the sums in the database equal an independent calculation, also after kill -9 in the middle.

By default a few days; ONLINE_RETAIL_DAYS=167 for all of them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from imports.models import SourceFile
from invoices.models import Invoice
from quality.models import Quarantined
from runtime.environment import BASE_DIR
from tests.imports import independent
from tests.imports.samples import DATA, with_data
from tests.invoices.children import database_url
from tests.waiting import wait_for

DAYS = int(os.environ.get("ONLINE_RETAIL_DAYS", "3"))
pytestmark = [with_data, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The first days, and nothing else."""
    folder = tmp_path / "days"
    folder.mkdir()
    for path in sorted(DATA.iterdir())[:DAYS]:
        shutil.copy(path, folder)
    return folder


def start(folder: Path) -> subprocess.Popen[str]:
    """`import_invoices` on the tests' database, in a process of its own."""
    command = [sys.executable, "manage.py", "import_invoices", str(folder), "--format", "online-retail", "--json"]
    env = os.environ | {"DATABASE_URL": database_url()}
    return subprocess.Popen(command, cwd=BASE_DIR, env=env, stdout=subprocess.PIPE, text=True)


def report_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, _ = process.communicate(timeout=1500)
    report: dict[str, Any] = json.loads(output.splitlines()[-1])
    return report


def expected(folder: Path) -> dict[str, tuple[int, int, Decimal]]:
    return independent.sums(sorted(folder.iterdir()))


def found(report: dict[str, Any]) -> dict[str, tuple[int, int, Decimal]]:
    return {day["day"]: (day["invoices"], day["credit_notes"], Decimal(day["subtotal"])) for day in report["days"]}


def state() -> dict[str, Any]:
    """All that an import leaves behind, without when and in which order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.invoice_number, i.kind, i.invoice_date, i.total_amount, i.buyer_name, d.reason,"
            " array_agg((l.position, l.product_code, l.quantity, l.unit_price, l.net)::text ORDER BY l.position)"
            " FROM invoices_invoice i JOIN invoices_document d ON d.invoice_id = i.id JOIN invoices_line l ON l.invoice_id = i.id"
            " GROUP BY i.id, d.invoice_id ORDER BY 1"
        )
        documents = cursor.fetchall()
    kept = Quarantined.objects.order_by("key", "digest").values_list("key", "rule", "state", "raw")
    files = SourceFile.objects.order_by("name").values_list("name", "done_count", "document_count", "counts")
    return {"documents": documents, "kept": list(kept), "files": list(files)}


def test_the_sums_of_each_day_and_of_all_are_those_of_the_raw_rows(folder: Path) -> None:
    process = start(folder)
    report = report_of(process)
    days = expected(folder)
    assert found(report) == days
    assert sum(day[2] for day in found(report).values()) == sum(day[2] for day in days.values())
    assert report["documents"] == sum(day[0] + day[1] for day in days.values())
    assert report["credit_notes"] == sum(day[1] for day in days.values())
    assert report["read"] == sum(path.read_bytes().count(b"\n") - 1 for path in folder.iterdir())

    before = state()
    again = report_of(start(folder))
    assert state() == before
    assert (again["documents"], again["quarantined"], again["files"]["unchanged"]) == (0, {}, DAYS)
    assert again["days"] == report["days"]


def test_killed_in_the_middle_and_begun_again_the_end_is_the_same(folder: Path) -> None:
    process = start(folder)
    wait_for(lambda: Invoice.objects.exists(), "the first documents")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    files = sorted(folder.iterdir())
    assert sum(file.done_count for file in SourceFile.objects.all()) < len(_numbers(files)), "the kill came too late"
    report = report_of(start(folder))
    assert report["files"]["resumed"] == 1 or report["files"]["unchanged"], report
    assert found(report) == expected(folder)
    left = state()
    assert all(done == count for _, done, count, _ in left["files"])
    assert len(left["documents"]) + len(left["kept"]) == len(_numbers(files))


def _numbers(paths: list[Path]) -> set[str]:
    return {line.split(",", 1)[0] for path in paths for line in path.read_text().splitlines()[1:]}
