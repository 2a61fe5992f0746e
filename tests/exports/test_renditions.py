"""A document as PDF and XML over the API: made by a job, kept by its content, refused with the rules it breaks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pypdf
import pytest
from django.test import Client
from pytest_django import Settings

from exports.einvoice import rules
from exports.files.made import digest_header
from exports.renditions import obtain, store
from exports.renditions.keys import Form, Wanted, key_of
from invoices.documents.erase import erase_parties
from invoices.documents.issue import issue_documents
from invoices.documents.read import read_documents
from invoices.documents.types import Party
from invoices.einvoice.syntaxes import Syntax
from invoices.issue import issue
from invoices.models import Series
from invoices.series import current_test_series
from invoices.validation.profiles import Profile
from jobs import operations, runner
from jobs.models import Job
from tests.dashboard.api.caller import check
from tests.exports.complete import COMPLETE
from tests.exports.rules_folder import folder, needs_rules
from tests.exports.samples import BUYER, SELLER
from tests.exports.test_pdf import text_of
from tests.invoices.documents.samples import credit_note, document, issue_one, line
from tests.invoices.samples import draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uncommitted_jobs")]
REFERENCES = {Profile.PEPPOL: "PEPPOL-EN16931-R003", Profile.XRECHNUNG: "BR-DE-15"}
FORMS = (".pdf", ".xml", ".xml?syntax=cii")


@pytest.fixture(autouse=True)
def alone(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open to all, with files of its own, and without a worker for jobs: waiting gives no result."""
    settings.INVOICEDASH_OPEN = True
    settings.INVOICEDASH_DATA_DIR = tmp_path
    monkeypatch.setattr(obtain, "WAIT_SECONDS", 0.0)


def real(*lines: Any, **changes: Any) -> str:
    """The number of a document that lacks nothing."""
    return issue_one(document(*lines, **{"seller": SELLER, "buyer": BUYER} | changes))


def get(number: str, ending: str = ".pdf") -> Any:
    return Client().get(f"/api/invoices/{quote(number, safe='')}{ending}")


def work_off() -> int:
    """Do the jobs that wait, here; returns how many."""
    return sum(runner.run_queue(queue) for queue in ("quick", "long"))


def made(number: str, ending: str = ".pdf") -> Any:
    """The answer once the job is done."""
    assert get(number, ending).status_code == 202
    assert work_off() == 1
    answer = get(number, ending)
    assert answer.status_code == 200
    return answer


def test_the_first_call_is_asked_to_come_again_and_the_next_gets_the_file() -> None:
    number = real()
    first = get(number)
    assert (first.status_code, first["Retry-After"], first.json()["state"]) == (202, "1", "pending")
    assert get(number).status_code == 202
    assert Job.objects.count() == 1, "who asks again waits for the same job"
    work_off()
    answer = get(number)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert f'filename="{number}.pdf"' in answer["Content-Disposition"]
    assert number in text_of(answer.content)
    assert Job.objects.count() == 1, "it is kept"
    assert answer["Cache-Control"] == "private, no-cache"
    unchanged = Client().get(f"/api/invoices/{number}.pdf", headers={"If-None-Match": answer["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


@pytest.mark.parametrize("ending", [".xml", ".xml?syntax=ubl", ".xml?syntax=cii"])
def test_the_e_invoice_breaks_no_rule(ending: str) -> None:
    answer = made(real(line("2", "9.99"), line("1", "5", "0.07")), ending)
    assert answer["Content-Type"] == "application/xml"
    syntax = "cii" if "cii" in ending else "ubl"
    assert rules.check(answer.content, Syntax(syntax)) == []


def test_a_credit_note_names_the_invoice() -> None:
    invoice = real()
    number = issue_one(credit_note(seller=SELLER, buyer=BUYER, corrects=invoice))
    answer = made(number, ".xml")
    assert b"381" in answer.content
    assert invoice.encode() in answer.content


def test_the_pdf_of_a_valid_document_is_a_factur_x(tmp_path: Path) -> None:
    path = tmp_path / "made.pdf"
    path.write_bytes(made(real()).content)
    assert list(pypdf.PdfReader(path).attachments) == ["factur-x.xml"]


def test_the_pdf_of_a_document_that_lacks_something_is_a_pdf(tmp_path: Path) -> None:
    path = tmp_path / "made.pdf"
    path.write_bytes(made(real(buyer=Party(name="Somebody"))).content)
    assert list(pypdf.PdfReader(path).attachments) == []


def test_what_is_missing_for_an_e_invoice_is_named_at_once() -> None:
    number = real(seller=replace(SELLER, vat_id=""), buyer=Party(name="Somebody"))
    answer = get(number, ".xml")
    check(answer.status_code, answer["Content-Type"], answer.json())
    assert answer.status_code == 422
    assert [(error["field"], error["rule"]) for error in answer.json()["errors"]] == [
        ("seller.vat_id", "BR-S-02"), ("buyer.country", "BR-11"),
    ]  # fmt: skip
    assert not Job.objects.exists()


def test_a_rule_that_the_xml_breaks_is_reported_with_its_id() -> None:
    number = real()
    [issued] = read_documents([number])
    kept = store.Kept(content=b'[{"field": "/a", "rule": "BR-CO-15", "message": "Sums."}]', is_refusal=True)
    store.save(key_of(issued, Wanted(form=Form.UBL, profile=Profile.EN16931)), kept)
    answer = get(number, ".xml")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "/a", "rule": "BR-CO-15", "message": "Sums."}]


def complete(kind: str = "one line") -> str:
    """The number of a document with all that the profiles ask for."""
    found = COMPLETE[kind].document
    return issue_one(replace(found, issued_at=document().issued_at))


@pytest.mark.parametrize("ending", [".xml?profile=peppol", ".xml?syntax=cii&profile=xrechnung"])
def test_without_its_rules_a_profile_is_answered_409(ending: str, settings: Settings) -> None:
    settings.EINVOICE_RULES_DIR = None
    answer = get(complete(), ending)
    check(answer.status_code, answer["Content-Type"], answer.json())
    assert (answer.status_code, answer.json()["code"]) == (409, "rules_not_installed")
    assert not Job.objects.exists()


@needs_rules
@pytest.mark.parametrize("query", ["profile=peppol", "profile=xrechnung", "syntax=cii&profile=xrechnung"])
def test_an_e_invoice_of_a_profile_is_sent_or_names_what_is_missing(query: str, settings: Settings) -> None:
    settings.EINVOICE_RULES_DIR = folder()
    profile = Profile(query.rpartition("=")[2])
    answer = made(complete(), f".xml?{query}")
    assert rules.check(answer.content, Syntax.CII if "cii" in query else Syntax.UBL, profile) == []
    refused = get(real(), f".xml?{query}")
    check(refused.status_code, refused["Content-Type"], refused.json())
    assert refused.status_code == 422
    assert {"field": "buyer_reference", "rule": REFERENCES[profile]} in refused.json()["missing"]


@needs_rules
def test_what_only_the_official_rules_find_is_named_by_its_field(settings: Settings) -> None:
    settings.EINVOICE_RULES_DIR = folder()
    number = complete("no prefix")
    assert get(number, ".xml?profile=peppol").status_code == 202
    work_off()
    refused = get(number, ".xml?profile=peppol")
    assert refused.status_code == 422
    assert {"field": "number", "rule": "GR-R-001-1"} in refused.json()["missing"]


def test_new_rules_are_applied_to_documents_that_were_checked_by_older_ones(settings: Settings, tmp_path: Path) -> None:
    sheet = tmp_path / "peppol-ubl.xsl"
    sheet.write_text("<old/>")
    settings.EINVOICE_RULES_DIR = tmp_path
    [issued] = read_documents([complete()])
    wanted = Wanted(form=Form.UBL, profile=Profile.PEPPOL)
    before = key_of(issued, wanted)
    sheet.write_text("<newer/>")
    assert key_of(issued, wanted) != before


def test_peppol_is_written_in_ubl_alone() -> None:
    answer = get(complete(), ".xml?syntax=cii&profile=peppol")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "syntax")


@pytest.mark.parametrize("profile", ["facturx", "en16931"])
def test_a_pdf_of_a_profile_has_an_e_invoice_or_is_refused(profile: str, tmp_path: Path) -> None:
    path = tmp_path / "made.pdf"
    path.write_bytes(made(complete(), f".pdf?profile={profile}").content)
    assert list(pypdf.PdfReader(path).attachments) == ["factur-x.xml"]
    refused = get(real(buyer=Party(name="Somebody")), f".pdf?profile={profile}")
    assert (refused.status_code, refused.json()["missing"]) == (422, [{"field": "buyer.country", "rule": "BR-11"}])


def test_generated_invoices_go_out_as_tests() -> None:
    issue(series_id=current_test_series().pk, drafts=[draft()])
    number = current_test_series().number(1)
    assert "TEST DOCUMENT" in text_of(made(number).content)
    for ending in FORMS[1:]:
        assert b"TEST DOCUMENT" in made(number, ending).content


def test_numbers_of_others_are_percent_encoded() -> None:
    series = Series.objects.create(prefix="SHOP", kind="external", feed_id="live")
    own = ("2026/11 5#?%", "x.pdf")
    documents = [document(number=number, seller=SELLER, buyer=BUYER) for number in own]
    numbers = issue_documents(series_id=series.pk, documents=documents, announce=False).numbers
    for number in numbers:
        for ending in FORMS:
            made(number, ending)
    assert Client().get("/api/invoices/SHOP-x.pdf").json()["invoice_number"] == "SHOP-x.pdf"


@pytest.mark.parametrize("ending", FORMS)
def test_an_unknown_number_is_404(ending: str) -> None:
    answer = get("NO-1", ending)
    check(answer.status_code, answer["Content-Type"], answer.json())
    assert answer.status_code == 404


def test_a_long_document_does_not_hold_up_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(obtain, "MOST_QUICK_LINES", 2)
    long, short = real(line(), line(), line()), real(line(), line())
    assert [get(number).status_code for number in (long, short)] == [202, 202]
    assert runner.run_queue("quick") == 1
    assert [get(number).status_code for number in (long, short)] == [202, 200]
    assert runner.run_queue("long") == 1
    assert get(long).status_code == 200


def test_who_asks_again_for_a_long_document_waits_for_nothing_and_has_it_read_no_more(
    monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(obtain, "MOST_QUICK_LINES", 2)
    monkeypatch.setattr(obtain, "WAIT_SECONDS", 3600.0)
    number = real(line(), line(), line())
    assert get(number).status_code == 202
    # Two say whose address this is, one finds the job.
    with django_assert_max_num_queries(4):
        assert get(number).status_code == 202


def test_a_file_comes_with_its_length_and_digest() -> None:
    answer = made(real())
    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["Content-Digest"] == digest_header(hashlib.sha256(answer.content).hexdigest())


def test_who_asks_for_a_file_whose_making_was_cancelled_has_it_made_again() -> None:
    number = real()
    get(number)
    operations.cancel(Job.objects.get().pk)
    assert get(number).status_code == 202
    assert work_off() == 1
    assert get(number).status_code == 200


def test_an_unknown_syntax_is_refused() -> None:
    assert get(real(), ".xml?syntax=edifact").status_code == 422


def test_a_file_that_cannot_be_made_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    number = real()
    rules._rules.cache_clear()
    monkeypatch.setitem(rules._SCHEMATRON, Syntax.UBL, Path("/nowhere.xslt"))
    assert get(number, ".xml").status_code == 202
    work_off()
    assert Job.objects.get().state == Job.State.FAILED
    monkeypatch.undo()
    rules._rules.cache_clear()


def test_the_oldest_files_of_a_folder_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "KEPT", 3)
    keys = [f"aa{index}" for index in range(5)]
    for key in keys:
        store.save(key, store.Kept(content=key.encode()))
    assert len([key for key in keys if store.load(key)]) == 3
    assert store.load(keys[-1]) == store.Kept(content=b"aa4")


@pytest.mark.django_db(transaction=True)
def test_the_files_of_an_erased_document_are_removed_and_those_of_others_stay() -> None:
    erased, other = real(), real()
    kept = [store.Kept(content=b"x"), store.Kept(content=b"{}", is_refusal=True)]
    keys = {number: key_of(read_documents([number])[0], Wanted(form=Form.UBL)) for number in (erased, other)}
    for key in (*keys.values(), "ab" * 32):
        for each in kept:
            store.save(key, each)
    erase_parties([read_documents([erased])[0].id], basis="Art. 17 GDPR", by="anna")
    assert store.load(keys[erased]) is None
    assert store.load("ab" * 32) is None, "its document is unknown"
    assert store.load(keys[other]) is not None
