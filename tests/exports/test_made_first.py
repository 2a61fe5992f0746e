"""Files made first, by a job: whole or not there, with length and digest, cancellable by those who may."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from dashboard.processes import read as read_processes
from exports.files import download as downloads
from exports.files import job as export_jobs
from exports.files import process
from exports.files.formats import Format
from exports.files.made import digest_header
from exports.files.process import Child, ExportBroke
from invoices.documents.read import read_documents
from invoices.documents.serialize import written
from invoices.models import Invoice
from jobs import operations, runner
from jobs.models import Job
from runtime import heartbeats
from tests.accounts.conftest import Visit, closed, visit
from tests.dashboard.api.caller import check
from tests.exports.test_downloads import call
from tests.invoices.children import database_url

__all__ = ["closed", "visit"]
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def opened(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.INVOICEDASH_OPEN = True
    settings.INVOICEDASH_DATA_DIR = tmp_path
    monkeypatch.setenv("DATABASE_URL", database_url())


def start(client: Client, **chosen: Any) -> Any:
    answer = client.post("/api/exports", json.dumps(chosen), content_type="application/json")
    check(answer.status_code, answer["Content-Type"], answer.json())
    return answer


def cancel(client: Client, export_id: int) -> int:
    answer = client.post(f"/api/exports/{export_id}/cancel")
    check(answer.status_code, answer["Content-Type"], answer.json())
    return int(answer.status_code)


@committed
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_file_made_first_has_its_length_and_digest(store: list[str], form: str) -> None:
    client = Client()
    answer = start(client, format=form, feed="live", date_from="2000-01-01")
    assert (answer.status_code, answer.json()["state"], answer.json()["href"]) == (202, "queued", None)
    assert client.get(f"{answer['Location']}/file").status_code == 409
    assert runner.run_queue("long") == 1
    made = client.get(answer["Location"]).json()
    assert made["state"] == "done"
    file, body = call("get", made["href"])
    assert (len(body), hashlib.sha256(body).hexdigest()) == (made["bytes"], made["sha256"])
    assert (file["Content-Length"], file["Content-Digest"]) == (str(len(body)), digest_header(made["sha256"]))
    if form == "jsonl":
        assert [json.loads(line) for line in body.splitlines()] == [written(one) for one in read_documents(store)]


@committed
def test_an_export_whose_process_is_killed_fails_and_leaves_no_file(
    store: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///nothing?host=/nowhere")
    address = start(Client(), format="csv", feed="live")["Location"]
    runner.run_queue("long")
    told = Client().get(address).json()
    assert (told["state"], told["href"], told["sha256"]) == ("failed", None, None)
    assert "could not be made" in told["error"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@committed
def test_an_export_cancelled_in_the_middle_leaves_no_file_and_no_process(
    store: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = start(Client(), format="jsonl", feed="live").json()["id"]
    is_ready = Child._is_ready

    def cancel_and_look(child: Child) -> bool:
        if Job.objects.get().state == "running":
            cancel(Client(), export_id)
        return is_ready(child)

    monkeypatch.setattr(Child, "_is_ready", cancel_and_look)
    runner.run_queue("long")
    assert Job.objects.get().state == "cancelled"
    assert not any(child.is_alive for child in Child.running)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert Client().get(f"/api/exports/{export_id}/file").status_code == 409


@pytest.mark.django_db
def test_cancel_answers_200_once_then_409_and_404_for_none() -> None:
    export_id = start(Client(), format="csv").json()["id"]
    assert [cancel(Client(), export_id), cancel(Client(), export_id)] == [200, 409]
    import_job = operations.enqueue("import", {"name": "a.csv", "options": {}})
    assert [cancel(Client(), number) for number in (999999, 2**70, import_job.pk)] == [404, 404, 404]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "format"),
        ({"format": "xlsx"}, "format"),
        ({"format": "csv", "series": "NO"}, "no series 'NO'"),
        ({"format": "csv", "date_from": 20100101}, "date_from"),
        ({"format": "csv", "colour": "red"}, "colour"),
    ],
    ids=str,
)
def test_what_cannot_be_made_is_refused(body: dict[str, Any], words: str) -> None:
    answer = start(Client(), **body)
    assert (answer.status_code, words in answer.json()["detail"]) == (422, True)
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_no_more_exports_wait_at_once_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "MOST_OPEN", 1)
    first = start(Client(), format="csv").json()
    assert start(Client(), format="csv").status_code == 429
    cancel(Client(), first["id"])
    assert start(Client(), format="csv").status_code == 202


@pytest.mark.django_db
@pytest.mark.usefixtures("closed")
def test_an_export_is_cancelled_by_who_asked_for_it_and_by_operators(visit: Visit) -> None:
    clients = {role: visit(role) for role in ("viewer", "operator")}

    def ask(role: str, path: str, body: str = "") -> Any:
        client = clients[role]
        client.get("/")
        token = client.cookies["csrftoken"].value
        return client.post(path, body, content_type="application/json", headers={"X-CSRFToken": token})

    made = [ask("viewer", "/api/exports", '{"format": "csv"}').json()["id"] for _ in range(2)]
    operators = ask("operator", "/api/exports", '{"format": "csv"}').json()["id"]
    assert ask("viewer", f"/api/exports/{operators}/cancel").status_code == 403
    assert ask("viewer", f"/api/exports/{made[0]}/cancel").status_code == 200
    assert ask("operator", f"/api/exports/{made[1]}/cancel").status_code == 200


@committed
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_download_whose_process_is_killed_never_ends_as_if_it_were_whole(
    store: list[str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    response = downloads.download(Invoice.objects.all(), Format(form))
    [child] = [child for child in Child.running if child.is_alive]
    child._process.kill()
    with pytest.raises(ExportBroke):
        asyncio.run(consume(response))


async def consume(response: Any) -> bytes:
    return b"".join([piece async for piece in response.streaming_content])


@committed
def test_a_download_that_falls_silent_is_cut(store: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "SILENT_SECONDS", 0.0)
    response = downloads.download(Invoice.objects.all(), Format.CSV)
    with pytest.raises(ExportBroke, match="nothing was written"):
        asyncio.run(consume(response))
    assert not any(child.is_alive for child in Child.running)


@committed
def test_an_export_job_that_falls_silent_fails(store: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "SILENT_SECONDS", 0.0)
    monkeypatch.setattr(process, "LOOK_SECONDS", 0.0)
    address = start(Client(), format="csv", feed="live")["Location"]
    runner.run_queue("long")
    assert "nothing was written" in Client().get(address).json()["error"]


@committed
def test_the_process_of_an_export_has_no_heartbeat_and_is_not_listed(
    store: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVOICEDASH_PROCESS", "web")
    child = Child(Invoice.objects.all(), Format.CSV)
    environment = Path(f"/proc/{child.pid}/environ").read_bytes()
    assert b"".join(child.pieces())
    assert b"INVOICEDASH_PROCESS" not in environment
    assert "export" not in [beat["name"] for beat in heartbeats.read()]
    assert "export" not in [process["name"] for process in read_processes()]


@pytest.mark.django_db
def test_jobs_are_cancelled_and_tried_again_in_the_admin() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    job = operations.enqueue("export", {"format": "csv", "filter": {}})

    def act(action: str) -> str:
        form = {"action": action, "_selected_action": [job.pk]}
        return str(client.post("/admin/jobs/job/", form, follow=True).content.decode())

    assert f"Job {job.pk} is cancelled" in act("cancel")
    assert "only a queued or running job can be cancelled" in act("cancel")
    act("try_again")
    job.refresh_from_db()
    assert job.state == "queued"
