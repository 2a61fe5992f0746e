"""A preview says what a file is and shows its first documents; it stores nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from imports import previews
from imports.models import SourceFile
from invoices.einvoice.profiles import adapt
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import terms_of
from invoices.einvoice.writer import write_xml
from invoices.models import Invoice
from invoices.validation.profiles import Profile
from jobs import runner
from jobs.models import Job
from quality.models import Quarantined
from tests.dashboard.api.caller import check
from tests.exports.complete import COMPLETE
from tests.imports.files import German, shopify, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir", "uncommitted_jobs")]
TABLE = (
    b"Rechnungsnummer;Datum;Kunde;Artikel;Menge;Einzelpreis;MwSt\n"
    b"R1;31.01.2026;Jo Sample;Becher;2;4,15;19 %\n"
    b"R2;31.01.2026;Al Sample;Kanne;eine;20,97;19 %\n"
)
GIVEN: dict[str, Any] = {"seller": "Nordwind", "currency": "EUR"}


@pytest.fixture
def client(settings: Settings, data_dir: Path) -> Client:
    """A client of the open product, where no request needs a token."""
    settings.INVOICEDASH_OPEN = True
    data_dir.mkdir(exist_ok=True)
    return Client()


def preview(client: Client, body: bytes, *, status: int = 200, **given: Any) -> Any:
    query = urlencode({name: json.dumps(value) if isinstance(value, dict) else value for name, value in given.items()})
    answer = client.post(f"/api/imports/preview?{query}", body, content_type="text/csv")
    check(answer.status_code, answer["Content-Type"], answer.json())
    assert answer.status_code == status, answer.json()
    return answer.json()


def e_invoice(kind: str) -> bytes:
    return write_xml(adapt(terms_of(COMPLETE[kind]), Profile.PEPPOL), Syntax.UBL)


def do_import(client: Client, body: bytes, **given: Any) -> Any:
    query = urlencode({name: json.dumps(value) if isinstance(value, dict) else value for name, value in given.items()})
    answer = client.post(f"/api/imports?{query}", body, content_type="text/csv")
    assert answer.status_code == 202, answer.json()
    runner.run_queue("long")
    return client.get(answer["Location"]).json()


def test_a_preview_guesses_the_columns_and_stores_nothing(client: Client, data_dir: Path) -> None:
    found = preview(client, TABLE, **GIVEN)
    assert found["detected"] | {"columns": len(found["detected"]["columns"])} == {
        "format": "table", "encoding": "utf-8", "separator": ";", "decimal_mark": ",", "date_order": None, "columns": 7,
        "rows": 2,
    }  # fmt: skip
    assert (found["mapping_from"], found["needed"]) == ("guess", [])
    assert found["mapping"]["lines"]["unit_price"] == "Einzelpreis"
    [document] = found["documents"]
    assert (document["number"], document["buyer"], document["total_amount"]) == ("R1", {"name": "Jo Sample"}, "9.88")
    assert [(held["line"], held["rule"]) for held in found["held"]] == [(3, "bad-value")]
    assert not any(model.objects.exists() for model in (Invoice, Job, SourceFile, Quarantined))
    assert [path for path in data_dir.rglob("*") if path.is_file()] == []


def test_the_documents_of_a_preview_are_accepted_by_the_api(client: Client) -> None:
    documents = preview(client, shopify(), seller="Nordwind", series="SHOP")["documents"]
    answer = client.post("/api/invoices", {"invoices": documents}, content_type="application/json")
    assert [item["status"] for item in answer.json()["items"]][:2] == [201, 201], answer.json()


@pytest.mark.parametrize("kind", ["all fields", "many rates", "category O", "credit note"])
def test_the_document_of_an_e_invoice_is_accepted_by_the_api(client: Client, kind: str) -> None:
    body = e_invoice(kind).replace(b"<cbc:IssueDate>", b"<cbc:CopyIndicator>false</cbc:CopyIndicator><cbc:IssueDate>")
    assert preview(client, body, series="IN")["held"][0]["rule"] == "not-expressed", "the premise: the text is read"
    [document] = preview(client, e_invoice(kind), series="IN")["documents"]
    answer = client.post("/api/invoices", document, content_type="application/json")
    assert answer.status_code == 201, answer.json()
    issued = answer.json()
    assert issued["total_amount"] == document["total_amount"]
    assert len(issued["lines"]) == len(COMPLETE[kind].document.lines)


def test_the_further_terms_of_an_e_invoice_are_in_its_preview(client: Client) -> None:
    body = e_invoice("one line").replace(b'unitCode="C62"', b'unitCode="HUR"')
    [document] = preview(client, body, series="IN")["documents"]
    assert document["terms"]["BG-25"] == {"1": {"BT-130": "HUR"}}
    assert client.post("/api/invoices", document, content_type="application/json").status_code == 201


def test_zero_rates_and_free_items_are_in_the_documents_of_a_preview(client: Client) -> None:
    lines = [
        {"description": "Book", "quantity": "1", "unit_price": "10", "vat_rate": "0"},
        {"description": "Bag", "quantity": "1", "unit_price": "0", "vat_rate": "0.19"},
    ]
    given = {"currency": "EUR", "seller": {"name": "S"}, "buyer": {"name": "B"}, "invoice_date": "2026-03-01T10:00:00Z"}
    [document] = preview(client, json.dumps(given | {"lines": lines}).encode())["documents"]
    assert [(line["unit_price"], line["vat_rate"]) for line in document["lines"]] == [("10", "0"), ("0", "0.19")]
    assert client.post("/api/invoices", document, content_type="application/json").status_code == 201


def test_a_preview_of_a_workbook_has_its_rows(client: Client, tmp_path: Path) -> None:
    body = workbook(tmp_path / "a.xlsx", German.HEADER, German.ROWS, title="Rechnungen").read_bytes()
    found = preview(client, body, **GIVEN)
    assert (found["detected"]["encoding"], found["detected"]["rows"]) == ("xlsx", 3)
    assert [document["total_amount"] for document in found["documents"]] == ["34.83", "4.98"]


def test_what_is_missing_is_named_and_the_documents_are_shown_where_they_can_be(client: Client) -> None:
    found = preview(client, TABLE)
    assert (found["needed"], found["documents"]) == (["seller", "currency"], [])
    found = preview(client, shopify())
    assert (found["needed"], found["documents"][0]["seller"]) == (["seller"], {"name": ""})


def test_the_mapping_of_the_last_file_with_the_same_columns_is_kept(client: Client) -> None:
    mapping = preview(client, TABLE, **GIVEN)["mapping"]
    mapping["lines"]["product_code"] = mapping["lines"].pop("description")
    job = do_import(client, TABLE, mapping=mapping, series="LADEN", **GIVEN)
    assert (job["state"], job["report"]["documents"]) == ("done", 1)
    again = preview(client, TABLE.replace(b"R1", b"R9"))
    assert (again["mapping_from"], again["mapping"], again["needed"]) == ("kept", mapping, [])
    assert (again["options"]["series"], again["options"]["seller"]) == ("LADEN", "Nordwind")


def test_columns_without_a_name_and_with_the_same_name_can_be_mapped_and_are_kept(client: Client) -> None:
    body = b"Tag;Ware;Betrag;Betrag;\n01.03.2026;Espresso;1,00;2,50;x\n"
    mapping = {"date": "Tag", "lines": {"description": "Ware", "total": "Betrag (4)"}, "note": "column (5)"}
    found = preview(client, body, mapping=mapping, vat_rate="0", **GIVEN)
    assert found["detected"]["columns"] == ["Tag", "Ware", "Betrag", "Betrag (4)", "column (5)"]
    assert (found["documents"][0]["total_amount"], found["documents"][0]["note"]) == ("2.50", "x")
    assert do_import(client, body, mapping=mapping, vat_rate="0", **GIVEN)["report"]["documents"] == 1
    assert preview(client, body)["mapping_from"] == "kept"


def test_the_same_file_with_other_options_is_read_again(client: Client) -> None:
    mapping = preview(client, TABLE, **GIVEN)["mapping"]
    rate = mapping["lines"].pop("vat_rate")
    wrong = do_import(client, TABLE, mapping=mapping | {"lines": mapping["lines"] | {"vat_rate": "Artikel"}}, **GIVEN)
    assert wrong["report"]["quarantined"] == {"bad-value": 2}
    right = do_import(client, TABLE, mapping=mapping | {"lines": mapping["lines"] | {"vat_rate": rate}}, **GIVEN)
    assert (right["report"]["documents"], right["report"]["quarantined"]) == (1, {"bad-value": 1})


@pytest.mark.parametrize(
    ("body", "given", "words"),
    [
        (b"%PDF-1.7", {}, "the PDF cannot be read"),
        (b"<rss/>", {}, "XML that is not an invoice"),
        (b"[1]", {"format": "json"}, "a JSON array"),
        (TABLE, {"mapping": {"date": "Tag"}}, "has no column 'Tag', which the mapping names"),
        (TABLE, {"mapping": {"tax": "MwSt"}}, "mapping: tax: there is no such field"),
        (TABLE, {"mapping": "{"}, "mapping: the mapping is not valid JSON"),
        (b"", {}, "The file is empty"),
    ],
    ids=["pdf", "xml", "array", "column", "field", "json", "empty"],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    client: Client, body: bytes, given: dict[str, Any], words: str
) -> None:
    assert words in preview(client, body, status=422, **given)["detail"]


def test_a_letter_of_windows_behind_the_first_part_of_a_file_is_read(client: Client) -> None:
    item = b"R1;31.01.2026;Jo Sample;" + b"Becher " * 100 + b";1;1,00;19 %\n"
    body = (
        TABLE.splitlines(keepends=True)[0] + item * 400 + "R2;31.01.2026;Jo Müller;Kanne;1;2,00;19 %\n".encode("cp1252")
    )
    found = preview(client, body, **GIVEN)
    assert (found["detected"]["encoding"], found["detected"]["rows"]) == ("windows-1252", 401)
    assert found["documents"][1]["buyer"] == {"name": "Jo Müller"}


def test_rows_beyond_the_preview_are_not_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MOST_ROWS", 1)
    found = preview(client, TABLE, **GIVEN)
    assert (found["detected"]["rows"], len(found["documents"]), found["held"]) == (None, 1, [])


class TestHeld:
    """The documents that an import holds, for the page that corrects them."""

    @pytest.fixture
    def job(self, client: Client) -> Any:
        mapping = preview(client, TABLE, **GIVEN)["mapping"]
        return do_import(client, TABLE, mapping=mapping, **GIVEN)

    def held(self, client: Client, job: Any) -> list[Any]:
        answer = client.get(f"/api/imports/{job['id']}/held")
        check(answer.status_code, answer["Content-Type"], answer.json())
        items: list[Any] = answer.json()["items"]
        return items

    def resolve(self, client: Client, row_id: int, **body: Any) -> Any:
        answer = client.post(f"/api/imports/held/{row_id}", body, content_type="application/json")
        check(answer.status_code, answer["Content-Type"], answer.json())
        return answer

    def test_a_held_document_is_corrected_by_its_cells(self, client: Client, job: Any) -> None:
        [row] = self.held(client, job)
        assert (row["key"], row["columns"][4], row["cells"][0][4]) == ("R2", "Menge", "eine")
        row["cells"][0][4] = "1,5"
        answer = self.resolve(client, row["id"], act="correct", cells=row["cells"]).json()
        assert (answer["state"], answer["invoice_number"]) == ("issued", "SHOP-R2")
        assert self.held(client, job) == []
        assert self.resolve(client, row["id"], act="retry").status_code == 409

    def test_a_correction_that_is_still_wrong_has_the_new_message(self, client: Client, job: Any) -> None:
        [row] = self.held(client, job)
        row["cells"][0][1] = "31.02.2026"
        answer = self.resolve(client, row["id"], act="correct", cells=row["cells"]).json()
        assert (answer["state"], "31.02.2026" in answer["message"]) == ("open", True)

    def test_a_held_document_is_left_out(self, client: Client, job: Any) -> None:
        [row] = self.held(client, job)
        assert self.resolve(client, row["id"], act="set_aside").json()["state"] == "set_aside"

    def test_refusals(self, client: Client, job: Any) -> None:
        [row] = self.held(client, job)
        assert self.resolve(client, row["id"], act="accept").status_code == 409
        assert self.resolve(client, row["id"], act="correct").status_code == 422
        assert self.resolve(client, 2**62, act="retry").status_code == 404
        assert client.get("/api/imports/999999/held").status_code == 404

    def test_the_invoice_and_the_credit_note_of_an_order_are_each_corrected(self, client: Client) -> None:
        body = shopify({"Name": "#7", "Currency": "EURO", "Refunded Amount": "5.00"})
        job = do_import(client, body, seller="Nordwind")
        numbers = []
        for row in self.held(client, job):
            row["cells"][0][row["columns"].index("Currency")] = "EUR"
            answer = self.resolve(client, row["id"], act="correct", cells=row["cells"]).json()
            numbers.append(answer["invoice_number"])
        assert numbers == ["SHOP-7", "SHOP-CN-7-R"]

    def test_equal_rows_without_a_number_are_each_accepted(self, client: Client) -> None:
        mapping = {"date": "Tag", "lines": {"description": "Ware", "total": "Betrag"}}
        body = b"Tag;Ware;Betrag\n" + b"01.03.2090;Espresso;2,50\n" * 2
        job = do_import(client, body, mapping=mapping, vat_rate="0.19", **GIVEN)
        numbers = {
            self.resolve(client, row["id"], act="accept").json()["invoice_number"] for row in self.held(client, job)
        }
        assert len(numbers) == Invoice.objects.count() == 2
