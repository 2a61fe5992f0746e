"""Incoming e-invoices are read in bounds, whatever they contain, and nothing of them is lost or changed in silence."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.reading import options as reading_options
from imports.reading.einvoices import pdf, xml
from imports.reading.einvoices.documents import read_document
from imports.reading.einvoices.lines import line_of
from imports.reading.einvoices.xml import BadXml
from imports.reading.lines import BadFile
from imports.reading.readers import reader_of
from imports.reading.values import BadValue
from invoices.documents.types import Document, Kind
from invoices.einvoice.more import difference, is_same, merge
from invoices.einvoice.profiles import adapt
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import terms_of
from invoices.einvoice.writer import write_xml
from invoices.validation.document import lint
from invoices.validation.profiles import Profile
from quality.rules import Broken
from runtime.environment import BASE_DIR
from tests.exports.complete import COMPLETE

UBL = reading_options.make({"format": "ubl"})
CII = reading_options.make({"format": "cii"})
LAUGHS = "".join(
    f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}{"&l" + str(n - 1) + ";" if n else ""}">'
    for n in range(40)
)
INVOICE = '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
WITH_ATTRIBUTE = INVOICE.replace("<Invoice", "<Invoice a='&l39;'")


def ubl(kind: str = "one line", **terms: Any) -> str:
    return write_xml(adapt(terms_of(COMPLETE[kind]) | terms, Profile.XRECHNUNG), Syntax.UBL).decode()


def read(text: str) -> Document:
    return read_document(text, UBL)


@pytest.mark.parametrize(
    "content",
    [
        f"<!DOCTYPE Invoice [{LAUGHS}]>{INVOICE}&l39;</Invoice>",
        f'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>{INVOICE}&x;</Invoice>',
        f'<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/x.dtd">{INVOICE}</Invoice>',
        f"<!DOCTYPE Invoice [{LAUGHS}]>{WITH_ATTRIBUTE}</Invoice>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_anything_is_expanded(content: str, encoding: str) -> None:
    with pytest.raises(BadXml, match="DOCTYPE"):
        xml.parse(content.encode(encoding))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not valid XML"),
        (b"<a", "not valid XML"),
        (b"<a/>", "not an invoice"),
        (b"\xff\xfe\x00", "not valid XML"),
        (INVOICE.encode() + b"&undefined;</Invoice>", "not valid XML"),
        (INVOICE.encode() + b"<a>" * 5000 + b"</a>" * 5000 + b"</Invoice>", "not valid XML"),
        (INVOICE.replace("Invoice-2", "Invoice-3").encode() + b"</Invoice>", "not an invoice"),
    ],
)
def test_content_that_is_not_an_invoice_is_refused_with_the_reason(content: bytes, message: str) -> None:
    with pytest.raises(BadXml, match=message):
        xml.parse(content)


def test_a_file_beyond_the_bound_is_refused_also_when_it_is_packed(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xml.gz"
    path.write_bytes(gzip.compress(b" " * (xml.LARGEST + 1)))
    with pytest.raises(BadFile, match="larger than 8 MiB"):
        xml.read_bytes(path)
    path.write_bytes(gzip.compress(b"<a/>")[:-4])
    with pytest.raises(BadFile, match="complete gzip"):
        xml.read_bytes(path)


def pdf_with(**attachments: bytes) -> bytes:
    writer, sink = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(10, 10)
    for name, content in attachments.items():
        writer.add_attachment(name.replace("_xml", ".xml").replace("factur_x", "factur-x"), content)
    writer.write(sink)
    return sink.getvalue()


def test_the_attached_invoice_is_found_among_others() -> None:
    assert pdf.attached_xml(pdf_with(notes_xml=b"<n/>", factur_x_xml=b"<x/>")) == b"<x/>"


@pytest.mark.parametrize("content", [b"%PDF-1.7\n%%EOF", b"%PDF-1.7 broken", pdf_with(), pdf_with(notes_xml=b"<n/>")])
def test_a_pdf_without_an_invoice_is_refused(content: bytes) -> None:
    with pytest.raises(BadXml, match="PDF"):
        pdf.attached_xml(content)


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for start in (b"", b"%PDF-1.7\n"):
        try:
            xml.parse(pdf.attached_xml(start + content) if start else content)
        except BadXml:
            continue


@given(place=st.integers(0, 5000), text=st.text(max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_change_of_an_e_invoice_is_read_or_refused_with_the_reason(place: int, text: str) -> None:
    content = ubl("all fields")
    place %= len(content)
    with suppress(BadXml, BadValue, Broken):
        lint(read(content[:place] + text + content[place + len(text) :]))


def test_an_e_invoice_in_another_encoding_is_read(tmp_path: Path) -> None:
    text = ubl().replace("UTF-8", "ISO-8859-1", 1)
    path = tmp_path / "latin.xml"
    path.write_bytes(text.encode("iso-8859-1"))
    [group] = list(reader_of(UBL).open(path, path.name, UBL)[1])
    assert read(group.raw).seller.city == "Köln"


@pytest.mark.parametrize("syntax", Syntax)
def test_what_has_no_field_is_kept_and_written_again(syntax: Syntax) -> None:
    more: dict[str, Any] = {
        "BT-6": "DKK", "BT-111": "141.93", "BT-7": "2026-11-20", "BT-11": "P-1", "BT-12": "C-1", "BT-16": "D-1",
        "BT-19": "4711", "BT-73": "2026-11-01", "BT-74": "2026-11-30", "BT-82": "Transfer", "BT-85": "Nordwind",
        "BT-86": "COBADEFF", "BG-10": {"name": "Factor AG", "identifiers": {"": "F-1"}},
        "BG-17": [{"BT-81": "58", "BT-84": "NL03INGB0004489902"}],
        "BG-24": [{"BT-122": "A-1", "BT-125": "QUJD", "BT-125-1": "text/csv", "BT-125-2": "a.csv"}],
    }  # fmt: skip
    terms = terms_of(COMPLETE["one line"]) | more
    terms["BG-4"] |= {"biz_name": "Nord", "identifiers": {"": "77", "0088": "4012345000009", "~2": "78"}}
    terms["BG-25"][0] |= {"BT-130": "HUR", "BT-154": "Blue", "BT-132": "3", "BT-159": "DE", "BT-126": "7"}
    content = write_xml(adapt(terms, Profile.EN16931), syntax).decode()
    document = read_document(content, UBL if syntax is Syntax.UBL else CII)
    assert lint(document) == []
    assert {"BT-6", "BT-12", "BT-73", "BG-10", "BG-17", "BG-24"} <= document.terms.keys()
    assert document.terms["BG-25"] == {
        "1": {"BT-126": "7", "BT-130": "HUR", "BT-154": "Blue", "BT-132": "3", "BT-159": "DE"}
    }
    assert document.terms["BG-4"]["identifiers"]["~2"] == "78"
    assert write_xml(merge(terms_of(COMPLETE["one line"]), document.terms), syntax).count(b"Factor AG") == 1


LINE = {"BT-153": "Mug", "BT-151": "S", "BT-152": "19", "BT-129": "2", "BT-146": "5", "BT-131": "10.00"}


@pytest.mark.parametrize(
    ("changes", "quantity", "price"),
    [
        ({}, "2", "5"),
        ({"BT-149": "100", "BT-146": "500"}, "2", "5"),
        ({"BG-28": [{"amount": "3.00"}], "BT-131": "13.00"}, "2", "6.5"),
        ({"BG-27": [{"amount": "3.00"}], "BT-131": "7.00"}, "2", "5"),
        ({"BT-131": "-10.00"}, "-2", "5"),
        ({"BT-129": "3", "BT-146": "3.333333333"}, "3", "3.333333"),
        ({"BT-129": "804878.94", "BT-146": "0.01146", "BT-131": "9223.92"}, "1", "9223.92"),
        ({"BT-129": "0", "BT-131": "0.00"}, "0", "5"),
    ],
)
def test_the_net_amount_of_a_line_is_that_of_the_e_invoice(changes: dict[str, Any], quantity: str, price: str) -> None:
    terms = LINE | changes
    line = line_of(terms, {})
    assert line.net == Decimal(terms["BT-131"])
    assert (line.quantity, line.unit_price) == (Decimal(quantity), Decimal(price))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"BT-151": "L"}, "VAT category"),
        ({"BT-129": "NaN"}, "not a number"),
        ({"BT-129": "1e400"}, "more than six decimals"),
        ({"BT-131": "10.001"}, "whole cents"),
        ({"BT-129": "2.0000001"}, "six decimals"),
        ({"BT-153": ["a", "b"]}, "2 times"),
    ],
)
def test_a_value_that_documents_do_not_have_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BadValue, match=message):
        line_of(LINE | changes, {})


def test_a_credit_note_without_a_reason_gets_one_that_is_not_exported() -> None:
    document = read(ubl("credit note", **{"BG-1": []}))
    assert (document.kind, document.reason) == (Kind.CREDIT_NOTE, "Credit note")
    assert document.terms["BG-1"] == []


LEAVES = st.sampled_from(["a", "a b", "a\nb", "1", "1.00", "2"])
GROUPS = st.dictionaries(st.sampled_from(["BT-10", "BT-12", "name", "city"]), LEAVES, min_size=1)
ENTRIES = st.lists(GROUPS, min_size=1, max_size=3)
TERMS = st.fixed_dictionaries({}, optional={"BT-9": LEAVES, "BG-4": GROUPS, "BG-1": ENTRIES, "BG-25": ENTRIES})


@given(TERMS, TERMS)
@settings(max_examples=100, deadline=None)
def test_merging_the_difference_gives_what_was_given(base: dict[str, Any], given: dict[str, Any]) -> None:
    assert is_same(merge(base, difference(base, given)), given)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"BT-115": "1"}, "terms.BT-115"),
        ({"BG-25": {"1": {"BT-131": "1"}}}, "terms.BG-25.1.BT-131"),
        ({"BT-12": 5}, "terms.BT-12"),
        ({"contract": "C"}, "terms"),
        ({"BT-12": "a\x00b"}, "terms.BT-12"),
        ({"BT-3": "381"}, "terms.BT-3"),
        ({"BG-4": "x"}, "terms.BG-4"),
        ({"BG-20": {"+": [{"amount": "5.00"}]}}, "terms.BG-20.+.0.amount"),
        ({"BG-24": [{"BT-125": "A" * 800_000}]}, "terms"),
        ({"BG-4": {"contacts": [[[[[[["deep"]]]]]]]}}, "terms.BG-4.contacts.0.0.0.0"),
    ],
)
def test_further_terms_that_cannot_be_are_named(terms: dict[str, Any], field: str) -> None:
    document = COMPLETE["one line"].document
    assert field in {finding.field for finding in lint(replace(document, terms=terms))}


READ_AND_LIST = """
import sys
from pathlib import Path
from imports.reading import options
from imports.reading.readers import reader_of
chosen = options.make({"format": sys.argv[2]})
reader = reader_of(chosen)
try:
    header, groups = reader.open(Path(sys.argv[1]), "a.xml", chosen)
    [one] = reader.read_raw(next(groups).raw, header, chosen)
    print(reader.parse(one, header, chosen).lines[0].description)
except Exception as error:
    print(type(error).__name__, error)
print([name for name in ("lxml", "facturx", "pypdf") if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("process", "form", "content", "expected"),
    [
        ("web", "ubl", ubl(), ["Mug", "[]"]),
        ("", "ubl", ubl(), ["Mug", "['lxml', 'facturx', 'pypdf']"]),
        ("web", "cii", ubl(), ["BadFile a.xml is UBL: import it as ubl. Nothing of it was taken.", "[]"]),
        ("web", "ubl", ubl().replace(">119.00<", ">118.00<"), ["Broken BT-112 is 118.00", "[]"]),
    ],
    ids=["web", "process that ends", "wrong format", "broken"],
)
def test_a_process_that_stays_reads_e_invoices_without_their_libraries(
    process: str, form: str, content: str, expected: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.xml"
    path.write_text(content)
    environment = os.environ | {"INVOICEDASH_PROCESS": process}
    command = [sys.executable, "-c", READ_AND_LIST, str(path), form]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True)
    said, loaded = done.stdout.splitlines()
    assert said.startswith(expected[0])
    assert loaded == expected[1]
