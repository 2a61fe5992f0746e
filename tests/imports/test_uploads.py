"""Uploads by the API and the admin: a file is stored on disk, imported by a job and reported; an invalid one is refused.

An upload only creates the job; `runner.run_queue("long")` does the work that a worker process does in the product.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from exports.pdf.typeset import typeset
from imports import uploads
from invoices.einvoice.profiles import adapt
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import terms_of
from invoices.einvoice.writer import write_xml
from invoices.models import Invoice
from invoices.validation.profiles import Profile
from jobs import operations, runner
from jobs.models import Job
from quality.models import Quarantined
from runtime.limits import body_limit
from tests.dashboard.api.caller import check
from tests.exports.complete import COMPLETE
from tests.imports.conftest import Write
from tests.imports.samples import row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir", "uncommitted_jobs")]
URLENCODED = "application/x-www-form-urlencoded"
# A file in the format `invoices-csv` with one invoice, A01.
ONE_INVOICE = (
    b"number,invoice_date,seller_name,buyer_name,currency,description,quantity,unit_price,vat_rate\n"
    b"A01,2026-03-01T10:00:00Z,Nordwind Demo GmbH,Jo Sample,EUR,Mug,2,4.15,0.19\n"
)
# The parameters of most uploads here: `write` and `row` make files of this format.
FORMAT = "?format=online-retail&series=WEB"


def upload(client: Client, body: bytes, query: str = FORMAT, content_type: str = "text/csv", **headers: str) -> Any:
    """Post a file as the body of the request; returns the answer, checked against the OpenAPI document."""
    answer = client.post(f"/api/imports{query}", body, content_type=content_type, headers=headers)
    check(answer.status_code, answer["Content-Type"], answer.json())
    return answer


@pytest.fixture
def open_client(settings: Settings) -> Client:
    """A client of the open product, where no request needs a token."""
    settings.INVOICEDASH_OPEN = True
    return Client()


def test_a_raw_body_is_imported_as_a_job_that_shows_its_report(open_client: Client, write: Write) -> None:
    answer = upload(open_client, write(row("1"), row("2", "x")).read_bytes(), f"{FORMAT}&name=jan.csv")
    assert (answer.status_code, answer.json()["state"], answer.json()["name"]) == (202, "queued", "jan.csv")
    assert runner.run_queue("long") == 1
    job = open_client.get(answer["Location"]).json()
    assert (job["state"], job["done_count"], job["total_count"]) == ("done", 2, 2)
    assert (job["report"]["documents"], job["report"]["quarantined"]) == (1, {"bad-value": 1})
    assert Invoice.objects.get().invoice_number == "WEB-1"


def test_a_body_that_curl_calls_an_urlencoded_form_is_the_file(open_client: Client, settings: Settings) -> None:
    """`curl --data-binary @june.csv` sends that type by itself."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50
    answer = upload(open_client, ONE_INVOICE, "?format=invoices-csv&series=SHOP&name=june.csv", URLENCODED)
    assert (answer.status_code, answer.json()["name"]) == (202, "june.csv")
    runner.run_queue("long")
    assert Invoice.objects.get().invoice_number == "SHOP-A01"


def test_the_csrf_check_of_a_session_does_not_consume_a_body_that_curl_calls_a_form(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50
    operator = User.objects.create_user("operator", password="a long enough one")
    operator.groups.add(Group.objects.get(name="operator"))
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    token = client.get("/").cookies["csrftoken"].value
    assert upload(client, ONE_INVOICE, "?series=SHOP", URLENCODED).status_code == 403
    answer = upload(client, ONE_INVOICE, "?series=SHOP", URLENCODED, **{"X-CSRFToken": token})
    assert answer.status_code == 202
    runner.run_queue("long")
    assert Invoice.objects.get().invoice_number == "SHOP-A01"


def test_a_form_with_a_file_is_imported(open_client: Client, write: Write) -> None:
    answer = open_client.post(
        f"/api/imports{FORMAT}", {"file": SimpleUploadedFile("feb.csv", write(row("1")).read_bytes())}
    )
    assert (answer.status_code, answer.json()["name"]) == (202, "feb.csv")
    runner.run_queue("long")
    assert Invoice.objects.exists()


@pytest.mark.parametrize(("form", "media_type"), [("ubl", "application/xml"), ("facturx", "application/pdf")])
def test_an_e_invoice_is_imported(open_client: Client, form: str, media_type: str) -> None:
    one = COMPLETE["one line"]
    cii = write_xml(adapt(terms_of(one), Profile.EN16931), Syntax.CII)
    body = typeset(one, cii=cii) if form == "facturx" else write_xml(terms_of(one), Syntax.UBL)
    answer = upload(open_client, body, f"?format={form}&series=IN&name=bill", media_type)
    assert answer.status_code == 202
    runner.run_queue("long")
    report = open_client.get(answer["Location"]).json()["report"]
    assert (report["documents"], report["quarantined"]) == (1, {})
    assert Invoice.objects.get().total_amount == one.total_amount


def test_an_e_invoice_of_another_format_fails_with_the_format_to_use(open_client: Client) -> None:
    answer = upload(open_client, b"number,invoice_date\n", "?format=ubl&series=IN&name=june.csv")
    runner.run_queue("long")
    job = open_client.get(answer["Location"]).json()
    assert job["state"] == "failed"
    assert "looks like a table" in job["error"]


@pytest.mark.parametrize(
    ("body", "query", "content_type", "status", "reason"),
    [
        (b"", FORMAT, "text/csv", 422, "The file is empty"),
        (b"a", "?format=xlsx", "text/csv", 422, "format"),
        (b"a", "?vat_rate=20", "text/csv", 422, "vat_rate: 20 is not between 0 and 1"),
        (b"a", "?seller=Nord%E2%80%8Bwind", "text/csv", 422, "seller: it holds U+200B"),
        (b"a", "?timezone=Moon", "text/csv", 422, "timezone: 'Moon' is not a time zone"),
        (b"a", f"?series={'x' * 201}", "text/csv", 422, "series"),
        (b"--x--\r\n", "", "multipart/form-data; boundary=x", 422, "holds 0 files"),
    ],
    ids=["empty", "format", "rate", "hidden", "zone", "long", "no file"],
)
def test_an_upload_that_cannot_be_imported_is_refused_and_leaves_no_file(
    open_client: Client, data_dir: Path, body: bytes, query: str, content_type: str, status: int, reason: str
) -> None:
    answer = upload(open_client, body, query, content_type)
    assert (answer.status_code, reason in answer.json()["detail"]) == (status, True), answer.json()
    assert not Job.objects.exists()
    assert [path for path in data_dir.rglob("*") if path.is_file()] == []


def test_an_upload_over_the_limit_is_refused_and_leaves_no_file(
    open_client: Client, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 10)
    assert upload(open_client, b"x" * 11).status_code == 413
    assert [path for path in data_dir.rglob("*") if path.is_file()] == []
    assert upload(open_client, b"x" * 10).status_code == 202


def test_an_upload_is_refused_while_the_limit_of_open_imports_is_reached(
    open_client: Client, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 1)
    import_id = upload(open_client, b"a").json()["id"]
    assert upload(open_client, b"b").status_code == 429
    assert len([path for path in data_dir.rglob("*") if path.is_file()]) == 1
    cancel(open_client, import_id)
    assert upload(open_client, b"b").status_code == 202


def test_only_the_address_of_uploads_accepts_large_bodies() -> None:
    assert body_limit("/api/imports") > uploads.LARGEST_UPLOAD
    assert body_limit("/api/imports/1") < 1024**2


def test_a_file_of_another_kind_fails_its_job_with_a_sentence(open_client: Client) -> None:
    address = upload(open_client, b"some,thing\n1,2\n")["Location"]
    runner.run_queue("long")
    job = open_client.get(address).json()
    assert (job["state"], job["report"]) == ("failed", None)
    assert "has no column InvoiceNo" in job["error"]


def cancel(client: Client, import_id: int, **headers: str) -> Any:
    answer = client.post(f"/api/imports/{import_id}/cancel", headers=headers)
    check(answer.status_code, answer["Content-Type"], answer.json())
    return answer


def test_cancel_answers_the_new_state_then_409_for_the_same_import_and_404_for_an_unknown_one(
    open_client: Client, write: Write
) -> None:
    import_id = upload(open_client, write(row("1")).read_bytes()).json()["id"]
    answer = cancel(open_client, import_id)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert answer.json()["ended_at"] is not None
    again = cancel(open_client, import_id)
    assert (again.status_code, "is already cancelled" in again.json()["detail"]) == (409, True)
    export = operations.enqueue("export", {"format": "csv", "filter": {}})
    assert [cancel(open_client, number).status_code for number in (999999, 2**70, export.pk)] == [404, 404, 404]
    assert runner.run_queue("long") == 1, "the export alone"
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("operator", 200)])
def test_only_a_role_that_may_import_may_cancel(settings: Settings, role: str, status: int) -> None:
    settings.INVOICEDASH_OPEN = False
    job = operations.enqueue("import", {"name": "a.csv", "options": {}}, created_by="other")
    client = Client(enforce_csrf_checks=True)
    assert cancel(client, job.pk).status_code == 401
    client.force_login(create_user(role))
    client.get("/")
    assert cancel(client, job.pk).status_code == 403, "without the token of its own page"
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
    assert cancel(client, job.pk, **{"X-CSRFToken": token}).status_code == status


def test_an_unknown_import_is_not_found(open_client: Client) -> None:
    for address in ("/api/imports/999999", "/api/imports/99999999999999999999999"):
        answer = open_client.get(address)
        assert answer.status_code == 404
        check(404, answer["Content-Type"], answer.json())


def create_user(role: str) -> User:
    """A member of the staff with the rights of `role`, who is also called that."""
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("operator", 202)])
def test_only_a_role_that_may_issue_may_import(settings: Settings, role: str, status: int) -> None:
    settings.INVOICEDASH_OPEN = False
    client = Client(enforce_csrf_checks=True)
    assert upload(client, b"a").status_code == 401
    client.force_login(create_user(role))
    client.get("/")
    assert upload(client, b"a").status_code == 403, "without the token of its own page"
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
    assert upload(client, b"a", **{"X-CSRFToken": token}).status_code == status
    assert Job.objects.filter(created_by=role).exists() == (status == 202)


class TestAdmin:
    @pytest.fixture
    def admin(self) -> Client:
        client = Client()
        client.force_login(User.objects.create_superuser("root"))
        return client

    def test_a_file_is_uploaded_its_quarantine_shown_corrected_and_issued(self, admin: Client, write: Write) -> None:
        assert "Import a file" in admin.get("/admin/imports/sourcefile/").content.decode()
        file = SimpleUploadedFile("jan.csv", write(row("1", "x"), row("2"), row("2", "-1")).read_bytes())
        form = {"file": file, "format": "online-retail", "series": "SHOP"}
        assert admin.post("/admin/imports/sourcefile/upload/", form).status_code == 302
        runner.run_queue("long")
        assert "jan.csv" in admin.get("/admin/imports/sourcefile/").content.decode()
        listed = admin.get("/admin/quality/quarantined/?state__exact=open").content.decode()
        assert "is not a number such as 12.50" in listed
        unreadable, negative = Quarantined.objects.order_by("line")
        page = admin.get(f"/admin/quality/quarantined/{unreadable.pk}/change/").content.decode()
        assert "StockCode" in page
        corrected = unreadable.raw.replace("x,", "6,").replace("\n", "\r\n")
        answer = admin.post(f"/admin/quality/quarantined/{unreadable.pk}/change/", {"rows": corrected}, follow=True)
        assert re.search(r"1 is issued .* as SHOP-1", answer.content.decode())
        action = {"action": "accept", "_selected_action": [negative.pk]}
        assert "as SHOP-2" in admin.post("/admin/quality/quarantined/", action, follow=True).content.decode()
        assert Invoice.objects.count() == 2

    def test_the_form_shows_what_is_wrong_with_an_option(self, admin: Client) -> None:
        form = {"file": SimpleUploadedFile("a.csv", b"a"), "format": "json", "series": "S", "timezone": "Moon"}
        answer = admin.post("/admin/imports/sourcefile/upload/", form)
        assert (answer.status_code, "is not a time zone: give one such as" in answer.content.decode()) == (200, True)

    def test_jobs_are_shown(self, admin: Client, open_client: Client) -> None:
        upload(open_client, b"a")
        assert "import" in admin.get("/admin/jobs/job/").content.decode()

    def test_a_viewer_may_neither_upload_nor_correct(self) -> None:
        client = Client()
        client.force_login(create_user("viewer"))
        assert client.get("/admin/imports/sourcefile/upload/").status_code == 403
        assert client.get("/admin/quality/quarantined/").status_code == 403
