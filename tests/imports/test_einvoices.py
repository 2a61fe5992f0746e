"""Official samples and own documents come in as e-invoices and go out again with the same amounts, or are held with a reason."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from exports.einvoice import rules
from exports.files.filters import Filter, choose
from exports.files.formats import Format as FileFormat
from exports.files.formats import write as write_file
from exports.pdf.typeset import typeset
from exports.renditions.keys import Form, Wanted
from exports.renditions.make import make_xml
from imports import importing
from imports.reading import options as reading_options
from imports.reading.einvoices.proof import find_lost
from imports.reading.einvoices.terms import read_terms
from imports.reading.einvoices.xml import parse
from imports.reading.lines import BadFile
from imports.retrying import describe
from invoices import totals
from invoices.audit import audit
from invoices.audit.documents import prove
from invoices.documents.erase import erase_parties
from invoices.documents.issue import issue_documents
from invoices.documents.read import read_documents
from invoices.documents.types import Document, IssuedDocument, Kind
from invoices.einvoice.profiles import adapt
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import terms_of
from invoices.einvoice.texts import clean
from invoices.einvoice.writer import write_xml
from invoices.models import Invoice, Series
from invoices.series_operations import Wanted as WantedSeries
from invoices.series_operations import open_series
from invoices.validation.profiles import Profile
from quality import quarantine
from quality.models import Quarantined
from tests.exports.complete import COMPLETE
from tests.exports.rules_folder import needs_rules, samples

pytestmark = pytest.mark.django_db
SUMS = ("BT-106", "BT-107", "BT-108", "BT-109", "BT-110", "BT-112", "BT-113", "BT-114", "BT-115")
# What documents do not have: VAT of a category of another country's, a negative invoice, more paid than was charged, lines
# within lines, a reference without a type, a tax number of the buyer.
HELD = {
    "CII_example5.xml": "not-expressed",
    "huf_example_cii.xml": "not-expressed",
    "FT G2G_TD01 con Allegato, Bonifico e Split Payment.xml": "bad-value",
    "base-negative-inv-correction.xml": "invalid",
    "01.21a-INVOICE_ubl.xml": "not-expressed",
    "03.01a-INVOICE_ubl.xml": "invalid",
    "04.01a-INVOICE_ubl.xml": "not-expressed",
    "04.03a-INVOICE_ubl.xml": "not-expressed",
}


def syntax_of(path: Path) -> Syntax:
    return parse(path.read_bytes())[1]


def take_in(path: Path, series: str = "IN", form: str = "") -> dict[str, Any]:
    chosen = reading_options.make({"format": form or str(syntax_of(path)), "series": series})
    return importing.import_files([path], chosen).as_json()


def only_document(*series: str) -> IssuedDocument:
    [number] = Invoice.objects.filter(series__prefix__in=series or ["IN"]).values_list("invoice_number", flat=True)
    return read_documents([number])[0]


def sums_of(content: bytes) -> dict[str, Any]:
    """All amounts of an e-invoice: its sums, its VAT and its lines."""
    root, syntax = parse(content)
    terms = read_terms(root, syntax)
    groups = {
        (each["BT-118"], Decimal(each.get("BT-119", "0"))): (Decimal(each["BT-116"]), Decimal(each["BT-117"]))
        for each in terms["BG-23"]
    }
    lines = [Decimal(each["BT-131"]) for each in terms["BG-25"]]
    return {name: Decimal(terms.get(name, "0")) for name in SUMS} | {"vat": groups, "lines": lines}


def lines_of(one: IssuedDocument) -> list[tuple[Any, ...]]:
    """The lines, whose reasons an e-invoice has elsewhere or fills in."""
    return [
        (
            clean(line.description),
            line.product_code,
            line.quantity,
            line.unit_price,
            line.vat_rate,
            line.category,
            line.net,
        )
        for line in one.document.lines
    ]


@pytest.mark.parametrize("sample", samples(), ids=lambda path: path.name)
@needs_rules
def test_an_official_sample_comes_in_and_goes_out_again_or_is_held_with_the_reason(sample: Path) -> None:
    report = take_in(sample)
    if rule := HELD.get(sample.name):
        assert report["quarantined"] == {rule: 1}
        assert len(Quarantined.objects.get().message) > 40
        return
    assert (report["documents"], report["quarantined"]) == (1, {})
    issued, (root, syntax) = only_document("IN", "IN-CN"), parse(sample.read_bytes())
    assert find_lost(root, terms_of(issued), syntax) == []
    for each in Syntax:
        written = write_xml(adapt(terms_of(issued), Profile.EN16931), each)
        assert sums_of(written) == sums_of(sample.read_bytes())
    broken = {each.rule for each in rules.check(sample.read_bytes(), syntax)}
    written = write_xml(adapt(terms_of(issued), Profile.EN16931), syntax)
    assert {each.rule for each in rules.check(written, syntax)} <= broken


@pytest.mark.parametrize(("kind", "form"), [
    *((kind, form) for kind in COMPLETE for form in ("ubl", "cii")), ("all fields", "facturx"), ("no decimals", "facturx"),
])  # fmt: skip
def test_what_a_profile_expresses_survives_export_and_import(kind: str, form: str, tmp_path: Path) -> None:
    before = COMPLETE[kind]
    path = tmp_path / f"{kind}.xml"
    syntax = Syntax.UBL if form == "ubl" else Syntax.CII
    xml = write_xml(adapt(terms_of(before), Profile.XRECHNUNG), syntax)
    path.write_bytes(typeset(before, cii=xml) if form == "facturx" else xml)
    report = take_in(path, form=form)
    series = "IN-CN" if before.document.kind is Kind.CREDIT_NOTE else "IN"
    assert report["quarantined"] == {}
    after = only_document(series)
    assert sums_of(write_xml(adapt(terms_of(after), Profile.EN16931), syntax)) == sums_of(xml)
    assert lines_of(after) == lines_of(before)


def xml_of(kind: str, tmp_path: Path, name: str = "one.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(write_xml(adapt(terms_of(COMPLETE[kind]), Profile.PEPPOL), Syntax.UBL))
    return path


def test_the_same_file_again_and_the_same_document_in_the_other_syntax_change_nothing(tmp_path: Path) -> None:
    path = xml_of("all fields", tmp_path)
    take_in(path)
    assert take_in(path)["duplicates"] == 1
    copy = tmp_path / "copy.xml"
    copy.write_bytes(path.read_bytes().replace(b"  ", b" "))
    assert take_in(copy)["duplicates"] == 1
    assert Invoice.objects.filter(series__prefix="IN").count() == 1


def test_a_credit_note_corrects_the_invoice_that_is_here_and_refers_to_another(tmp_path: Path) -> None:
    invoice, note = xml_of("one line", tmp_path), xml_of("credit note", tmp_path, "note.xml")
    take_in(note, "OTHER")
    assert only_document("OTHER-CN").document.corrects is None
    assert [each.number for each in only_document("OTHER-CN").document.preceding] == ["INV-000000"]
    invoice.write_bytes(invoice.read_bytes().replace(b">INV-000001<", b">INV-000000<"))
    take_in(invoice)
    take_in(note)
    credited = only_document("IN-CN")
    assert (credited.document.corrects, credited.corrects_printed) == ("IN-INV-000000", "INV-000000")
    assert b">INV-000000<" in write_xml(adapt(terms_of(credited), Profile.EN16931), Syntax.UBL)


@pytest.fixture
def bills(db: None) -> Series:
    return open_series(WantedSeries(prefix="BUY", kind="purchase"))


class TestBills:
    def test_a_bill_is_numbered_here_and_keeps_the_number_of_its_supplier(self, bills: Series, tmp_path: Path) -> None:
        path = xml_of("all fields", tmp_path)
        assert take_in(path, "BUY")["documents"] == 1
        bill = only_document("BUY")
        assert (bill.number, bill.document.terms["BT-1"]) == ("BUY-000001", "INV-000001")
        assert b"<cbc:ID>INV-000001</cbc:ID>" in write_xml(adapt(terms_of(bill), Profile.EN16931), Syntax.UBL)
        copy = tmp_path / "again.xml"
        copy.write_bytes(path.read_bytes() + b"\n")
        assert take_in(copy, "BUY")["duplicates"] == 1, "it is known by its supplier and number"

    def test_two_suppliers_may_use_the_same_number(self, bills: Series, tmp_path: Path) -> None:
        path, other = xml_of("one line", tmp_path), tmp_path / "other.xml"
        other.write_bytes(path.read_bytes().replace(b"DE123456789", b"DE987654321"))
        assert [take_in(each, "BUY")["documents"] for each in (path, other)] == [1, 1]
        assert Invoice.objects.filter(series=bills).count() == 2

    def test_credit_notes_of_suppliers_have_a_series_of_their_own(self, bills: Series, tmp_path: Path) -> None:
        assert take_in(xml_of("credit note", tmp_path), "BUY")["credit_notes"] == 1
        opened = Series.objects.get(prefix="BUY-CN")
        assert (opened.kind, opened.document, opened.feed_id) == ("purchase", "credit_note", "live")

    def test_the_same_bill_with_another_amount_is_held(self, bills: Series, tmp_path: Path) -> None:
        take_in(xml_of("one line", tmp_path), "BUY")
        wrong = xml_of("many rates", tmp_path, "wrong.xml")
        assert take_in(wrong, "BUY")["quarantined"] == {"differs": 1}

    def test_exported_bills_are_imported_as_the_same_bills(self, bills: Series, tmp_path: Path) -> None:
        take_in(xml_of("all fields", tmp_path), "BUY")
        sink = io.BytesIO()
        for _ in write_file(choose(Filter(feed="live", series="BUY")), FileFormat.JSONL, sink):
            pass
        path = tmp_path / "bills.jsonl"
        path.write_bytes(sink.getvalue())
        open_series(WantedSeries(prefix="BUY2", kind="purchase"))
        chosen = reading_options.make({"format": "json", "series": "BUY2"})
        assert importing.import_files([path], chosen).as_json()["quarantined"] == {}
        assert only_document("BUY2").document.terms == only_document("BUY").document.terms

    def test_an_erasure_removes_the_terms_of_the_party_as_well(self, bills: Series, tmp_path: Path) -> None:
        terms = {"BG-4": {"biz_name": "Ada's shop"}, "BG-7": {"biz_name": "Bo's shop"}, "BT-12": "C-1"}
        own = Series.objects.create(prefix="T", kind="external", feed_id="live")
        document = replace_terms(COMPLETE["one line"].document, terms)
        issue_documents(series_id=own.pk, documents=[document], announce=False)
        issued = only_document("T")
        erase_parties([issued.id], basis="Art. 17 GDPR", by="anna", role="seller")
        assert only_document("T").document.terms == {"BG-7": {"biz_name": "Bo's shop"}, "BT-12": "C-1"}
        erase_parties([issued.id], basis="Art. 17 GDPR", by="anna")
        assert only_document("T").document.terms == {"BT-12": "C-1"}
        assert prove()["chain_breaks"] == []


class TestHeld:
    def held(self, path: Path) -> Quarantined:
        take_in(path)
        return Quarantined.objects.get(state="open")

    def test_what_documents_cannot_hold_is_named_and_may_be_accepted(self, tmp_path: Path) -> None:
        path = xml_of("one line", tmp_path)
        path.write_bytes(path.read_bytes().replace(b"<cbc:IssueDate>", b"<cbc:UUID>9-9</cbc:UUID><cbc:IssueDate>", 1))
        row = self.held(path)
        assert row.rule == "not-expressed"
        assert "Invoice/UUID '9-9'" in row.message
        quarantine.accept(row.pk, by="anna")
        row.refresh_from_db()
        assert (row.state, row.invoice_number) == ("issued", "IN-INV-000001")

    @pytest.mark.parametrize(
        ("text", "wrong", "message"),
        [
            (">119.00</cbc:TaxInclusiveAmount>", ">120.00</cbc:TaxInclusiveAmount>", "BT-112 is 120.00"),
            (">19.00</cbc:TaxAmount>", ">18.00</cbc:TaxAmount>", "BT-110"),
            (">100.00</cbc:LineExtensionAmount>", ">90.00</cbc:LineExtensionAmount>", "BT-1"),
        ],
    )
    def test_sums_that_do_not_add_up_are_named(self, text: str, wrong: str, message: str, tmp_path: Path) -> None:
        path = xml_of("one line", tmp_path)
        content = path.read_text()
        assert text in content, "the premise: there is something to break"
        path.write_text(content.replace(text, wrong, 1))
        row = self.held(path)
        assert row.rule == "sums-differ"
        assert message in row.message

    def test_a_corrected_text_is_read_again(self, tmp_path: Path) -> None:
        path = xml_of("one line", tmp_path)
        path.write_bytes(path.read_bytes().replace(b">119.00</cbc:PayableAmount>", b">118.00</cbc:PayableAmount>"))
        row = self.held(path)
        assert describe(row.source_id) == "the XML of one e-invoice"
        right = row.raw.replace(">118.00<", ">119.00<")
        quarantine.correct(row.pk, '<?xml version="1.0" encoding="ISO-8859-1"?>\n' + right, by="anna")
        row.refresh_from_db()
        assert row.state == "issued"

    def test_a_correction_that_is_not_xml_stays_open(self, tmp_path: Path) -> None:
        path = xml_of("one line", tmp_path)
        path.write_bytes(path.read_bytes().replace(b">119.00</cbc:PayableAmount>", b">118.00</cbc:PayableAmount>"))
        row = self.held(path)
        quarantine.correct(row.pk, "<Invoice", by="anna")
        row.refresh_from_db()
        assert (row.state, row.rule) == ("open", "unreadable")


@pytest.mark.parametrize(
    ("form", "other", "message"),
    [
        ("cii", "ubl", "import it as ubl"),
        ("ubl", "facturx", "use format facturx"),
        ("facturx", "ubl", "use format ubl"),
    ],
)
def test_a_file_of_another_format_is_refused_as_a_whole(form: str, other: str, message: str, tmp_path: Path) -> None:
    path = xml_of("one line", tmp_path)
    if other == "facturx":
        path.write_bytes(typeset(COMPLETE["one line"], cii=write_xml(terms_of(COMPLETE["one line"]), Syntax.CII)))
    with pytest.raises(BadFile, match=message):
        take_in(path, form=form)
    assert not Invoice.objects.filter(series__prefix="IN").exists()


def test_a_document_with_further_terms_is_exported_as_json_and_imported_again(tmp_path: Path) -> None:
    take_in(xml_of("all fields", tmp_path))
    own = Series.objects.create(prefix="T", kind="external", feed_id="live")
    terms = {
        "BT-12": "C-1",
        "BG-25": {"1": {"BT-130": "HUR"}},
        "BG-4": {"biz_name": "Nordwind"},
        "BG-7": {"biz_name": "O"},
    }
    document = only_document().document
    issue_documents(series_id=own.pk, documents=[replace_terms(document, terms)], announce=False)
    assert only_document("T").document.terms == terms
    written = make_xml(only_document("T"), Wanted(form=Form.CII, profile=Profile.EN16931))[0]
    assert written is not None
    for text in (b">C-1<", b'unitCode="HUR"', b">Nordwind<"):
        assert text in written


def replace_terms(document: Document, terms: dict[str, Any]) -> Document:
    return replace(document, number="T1", terms=terms, external_id="")


@pytest.mark.django_db(transaction=True)
def test_the_books_of_what_came_in_are_proved(tmp_path: Path) -> None:
    open_series(WantedSeries(prefix="BUY", kind="purchase"))
    for series in ("IN", "BUY"):
        for kind in ("all fields", "many rates", "credit note", "category O"):
            path = xml_of(kind, tmp_path, f"{kind}.xml")
            path.write_text(path.read_text().replace(">INV-000001<", f">{kind}<"))
            assert take_in(path, series)["documents"] == 1
    assert audit()["ok"], audit()
    assert totals.read("live", "EUR")["invoice_count"] == 3, "bills are no sales"
