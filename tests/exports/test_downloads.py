"""Downloads from the API and the admin: made by a process of its own that ends with the reader."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import Any

import pyarrow  # noqa: F401 - imported here, not while time counts
import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connections
from django.test import AsyncClient, Client
from pyarrow import parquet
from pytest_django import Settings

from exports.files import download as downloads
from exports.files.formats import Format
from exports.files.process import Child, ExportBroke
from invoices.documents.read import read_documents
from invoices.documents.serialize import written
from invoices.models import Invoice
from tests.dashboard.api.caller import check
from tests.exports.conftest import NASTY
from tests.invoices.children import database_url
from tests.waiting import wait_for

# The process that makes a file sees what is committed alone.
committed = pytest.mark.django_db(transaction=True)
ADDRESS = "/api/exports/invoices"


@pytest.fixture(autouse=True)
def opened(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.INVOICEDASH_OPEN = True
    monkeypatch.setenv("DATABASE_URL", database_url())


def call(method: str, path: str, *arguments: Any, staff: bool = False) -> tuple[Any, bytes]:
    """The answer and its body, from the same kind of application as in production."""
    client = AsyncClient()
    if staff:
        client.force_login(User.objects.create_superuser("exporter"))
    return asyncio.run(_call(client, method, path, *arguments))


async def _call(client: AsyncClient, method: str, path: str, *arguments: Any) -> tuple[Any, bytes]:
    answer: Any = await getattr(client, method)(path, *arguments)
    body = b"".join([part async for part in answer.streaming_content]) if answer.streaming else answer.content
    await sync_to_async(connections.close_all)()
    return answer, body


def read_csv(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


@committed
def test_every_format_is_streamed_by_the_api(store: list[str]) -> None:
    answer, body = call("get", f"{ADDRESS}.csv?feed=live")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert 'filename="invoices.csv"' in answer["Content-Disposition"]
    assert [row["invoice_number"] for row in read_csv(body)] == store

    _, body = call("get", f"{ADDRESS}.jsonl?feed=live")
    assert [json.loads(line) for line in body.splitlines()] == [written(one) for one in read_documents(store)]

    _, body = call("get", f"{ADDRESS}.parquet?feed=live&kind=credit_note")
    assert parquet.read_table(io.BytesIO(body)).column("invoice_number").to_pylist() == store[2:]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("feed=nowhere", 404),
        ("series=NO", 422),
        ("date_from=yesterday", 422),
        ("date_from=1700000000", 422),
        ("date_to=20261121", 422),
        ("kind=order", 422),
        ("currency=euro", 422),
        ("q=%00", 422),
    ],
)
def test_a_filter_that_is_none_is_refused(query: str, status: int) -> None:
    answer = Client().get(f"{ADDRESS}.csv?{query}")
    check(answer.status_code, answer["Content-Type"], answer.json())
    assert answer.status_code == status


@pytest.mark.django_db
def test_a_format_that_is_none_is_refused() -> None:
    assert Client().get(f"{ADDRESS}.xlsx").status_code == 422


@committed
def test_the_number_of_downloads_is_limited_and_an_abandoned_one_ends(
    store: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "AT_ONCE", 1)
    held = downloads.download(Invoice.objects.all(), Format.CSV)
    [child] = [child for child in Child.running if child.is_alive]
    answer, body = call("get", f"{ADDRESS}.csv")
    assert (answer.status_code, answer["Retry-After"]) == (429, "5")
    assert json.loads(body)["status"] == 429
    held.close()
    wait_for(lambda: not child.is_alive, "the process to end")
    assert call("get", f"{ADDRESS}.csv")[0].status_code == 200


@committed
def test_a_file_that_breaks_off_is_not_complete(store: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///nothing?host=/nowhere")
    with pytest.raises(ExportBroke):
        call("get", f"{ADDRESS}.csv?feed=live")


@committed
def test_a_selection_of_the_admin_is_exported(store: list[str]) -> None:
    chosen = list(Invoice.objects.filter(buyer_name__in=["=1+1", "@SUM(A1)"]).values_list("pk", flat=True))
    form = {"action": "export_csv", "index": "0", "_selected_action": chosen}
    answer, body = call("post", "/admin/invoices/invoice/", form, staff=True)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert [row["buyer_name"] for row in read_csv(body)] == ["'=1+1", "'@SUM(A1)"]


@committed
def test_all_that_the_admin_has_filtered_is_exported(store: list[str]) -> None:
    some = list(Invoice.objects.filter(currency="SAR").values_list("pk", flat=True)[:1])
    form = {"action": "export_parquet", "index": "0", "_selected_action": some, "select_across": "1"}
    _, body = call("post", "/admin/invoices/invoice/?currency=SAR&q=n", form, staff=True)
    assert parquet.read_table(io.BytesIO(body)).num_rows == len(NASTY)
