"""PDFs: the pages say what the document says, as PDF/A-3b, with the e-invoice inside."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pypdf
import pypdfium2
import pytest

from exports.pdf import fonts
from exports.pdf.languages import words_of
from exports.pdf.typeset import typeset
from invoices.documents.types import Party
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import terms_of
from invoices.einvoice.writer import write_xml
from stores.letterhead import LANGUAGES, Letterhead
from stores.logos import make_logo
from tests.exports.samples import ALL_FIELDS, CATEGORIES, KINDS, MANY, issued, line

A4 = (595.28, 841.89)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#0a7"/></svg>'


def text_of(pdf: bytes) -> str:
    """All that the pages say, with single spaces."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return re.sub(r"[\s\u200b\ufffe\x02]+", " ", " ".join(pages))


def metadata_of(pdf: bytes) -> str:
    root: Any = pypdf.PdfReader(io.BytesIO(pdf)).root_object
    return str(root["/Metadata"].get_data().decode())


def test_the_page_says_what_the_document_says() -> None:
    text = text_of(typeset(issued(*MANY, note="Thank you.")))
    for said in (
        "Invoice", "Nordwind <GmbH> & Co", "50667 Köln", "Ocean & Sons", "44000 Nantes", "INV-000001", "21 November 2026",
        "A1", "9.999999", "15.5 %", "\N{MINUS SIGN}0.50", "VAT 7 % on 24.50", "1.72", "Total 45.03 EUR", "Thank you.",
        "DE123456789", "page 1 of 1",
    ):  # fmt: skip
        assert said in text, said
    assert "TEST" not in text


def test_a_credit_note_says_so_and_what_it_corrects() -> None:
    text = text_of(typeset(KINDS["credit note"]))
    for said in ("Credit note", "Corrects INV-000000", "Broken on the way", "Total credited 119.00 EUR"):
        assert said in text, said


def test_the_page_has_each_field_of_a_document() -> None:
    text = text_of(typeset(ALL_FIELDS))
    for said in (
        "Hof 2", "NRW", "Ada", "+49 221 1", "ada@nordwind.example", "Registration HRB 1234", "Porte B", "Loire", "Bo",
        "Registration SIREN 1", "E-invoices to 0088:4012345000009", "E-invoices to EM:ap@ocean.example", "Payment: SEPA transfer",
        "Delivered 20 November 2026", "Refers to OLD-1 of 2 January 2026, OLD-2", "Your reference 04011000-12345-67",
        "Order PO-77", "Scratched \N{MINUS SIGN}1.50", "Allowance (19 %): Loyal customer \N{MINUS SIGN}2.00",
        "Charge (7 %): Shipping 4.90", "Subtotal 40.90", "Total 45.75 EUR", "Prepaid \N{MINUS SIGN}10.00", "Rounding 0.02",
        "Amount due 35.77", "Payment terms: Net 14 days", "Account: DE89 3704 0044 0532 0130 00",
        "Payment reference: RF18 5390", "Delivered to: Ocean depot, Rue 3, Quai 4, 75001 Paris, IDF, FR",
    ):  # fmt: skip
        assert said in text, said


@pytest.mark.parametrize(
    ("category", "reason"), [("E", "0 % E: Article 132"), ("AE", "0 % AE: Reverse charge"), ("Z", "0 %: Books")]
)
def test_the_page_says_why_there_is_no_vat(category: str, reason: str) -> None:
    assert reason in text_of(typeset(CATEGORIES[category]))


def test_the_pdf_has_the_number_that_the_customer_sees() -> None:
    document = replace(issued(number="SHOP-581475"), printed_number="581475")
    pdf = typeset(document, cii=write_xml(terms_of(document), Syntax.CII))
    assert "SHOP" not in text_of(pdf)
    found = pypdf.PdfReader(io.BytesIO(pdf)).metadata
    assert found is not None
    assert found.title == "Invoice 581475"


def test_amounts_on_the_page_have_the_decimals_of_their_currency() -> None:
    text = text_of(typeset(KINDS["no decimals"]))
    assert "Total 1,320 JPY" in text
    assert ".00" not in text


def test_a_generated_document_is_marked_on_the_page() -> None:
    assert "TEST DOCUMENT. Generated; no sale was made" in text_of(typeset(KINDS["generated"]))


def test_long_documents_go_on_over_pages_with_the_header_on_each() -> None:
    pdf = typeset(issued(*(line(str(n), "10", description=f"Thing {n}") for n in range(1, 71))))
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 3
    for index, page in enumerate(document):
        assert page.get_size() == pytest.approx(A4, abs=0.5)
        text = page.get_textpage().get_text_range()
        assert f"page {index + 1} of {len(document)}" in text
        assert "Description" in text or index == len(document) - 1
    said = text_of(pdf)
    assert all(f"Thing {n} " in said for n in range(1, 71))


def test_a_document_of_thousands_of_lines_is_a_small_file_that_the_cii_is_put_into_cheaply() -> None:
    lines = 2000
    document = issued(*(line(description=f"Thing {n}") for n in range(lines)))
    pdf = typeset(document, cii=write_xml(terms_of(document), Syntax.CII))
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    # Each object is read and written again by the library that puts the CII in.
    assert len(reader.pages) > lines // 40
    assert sum(map(len, reader.xref.values())) < 10 * len(reader.pages)
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata_of(pdf)
    assert f"Thing {lines - 1} " in text_of(pdf)


def test_a_document_of_usual_length_has_tags_for_screen_readers() -> None:
    root: Any = pypdf.PdfReader(io.BytesIO(typeset(KINDS["many rates"]))).root_object
    assert root["/MarkInfo"]["/Marked"]


def test_nothing_runs_over_the_edge_of_the_page() -> None:
    wide = issued(
        line("123456.123456", "1234567.123456", description="W" * 500, product_code="M" * 100),
        number="N" * 50, note="x" * 700,
    )  # fmt: skip
    for page in pypdfium2.PdfDocument(typeset(wide)):
        text = page.get_textpage()
        assert max(text.get_charbox(index)[2] for index in range(text.count_chars())) <= A4[0] - 20


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_pdf_a_3b(kind: str) -> None:
    found = metadata_of(typeset(KINDS[kind]))
    assert "<pdfaid:part>3</pdfaid:part>" in found
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in found


SCRIPTS = {
    "Greek": "Ελληνικός καφές",
    "Cyrillic": "Русский чай",
    "Arabic": "شركة الاختبار",
    "Hebrew": "חולצה כחולה",
    "Thai": "สวัสดีชาวโลก",
    "Devanagari": "नमस्ते",
    "Chinese": "咖啡杯",
    "Japanese": "紅茶のセット",
    "Korean": "세금계산서",
    "Bengali": "বাংলা",
    "emoji": "\N{PARTY POPPER}",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_text_in_any_script_can_be_copied_from_the_page(script: str) -> None:
    said = SCRIPTS[script]
    assert said in text_of(typeset(issued(line(description=said))))
    # Beside words of the other direction, and at the end of a run of glyphs, viewers place words and spaces differently.
    mixed = text_of(typeset(issued(line(description=f"Thing {said} Mug"))))
    assert all(word in mixed for word in ("Thing", *said.split(), "Mug"))


def test_the_fonts_of_all_scripts_are_installed() -> None:
    assert fonts.missing_packages() == []
    assert set(fonts.families("")) <= set(fonts.load().families())


# No font has the first two; the third is a mark that no font has with a digit.
@pytest.mark.parametrize("sign", ["\U00012000", "\u0378", "1\u05b0"])
def test_a_sign_without_a_shape_harms_no_other(sign: str) -> None:
    said = text_of(typeset(issued(line(description=f"قهوة عربية \N{PARTY POPPER} {sign} 咖啡杯 Größe", rate="0.15"))))
    assert all(each in said for each in ("قهوة", "عربية", "咖啡杯", "Größe", "\N{PARTY POPPER}"))
    assert ("?" in said) == (not sign.startswith("1"))
    assert "15 %" in said


def test_case_12_the_arabic_stays_beside_an_emoji() -> None:
    document = issued(
        line(description="قهوة عربية \N{PARTY POPPER}", price="10", rate="0.15"), seller=Party(name="Nordwind Demo GmbH"),
        buyer=Party(name="شركة الاختبار"),
    )  # fmt: skip
    said = text_of(typeset(document))
    assert "شركة الاختبار" in said
    assert "قهوة عربية" in said
    assert "?" not in said


LABELS = {
    "de": ("Rechnung", "21. November 2026", "Gesamtbetrag 1.190,00 EUR", "Seite 1 von 1", "USt. 19 % auf 1.000,00"),
    "fr": ("Facture", "21 novembre 2026", "Total TTC 1 190,00 EUR", "page 1 sur 1", "TVA 19 % sur 1 000,00"),
    "ar": ("فاتورة ضريبية", "نوفمبر", "1,190.00", "صفحة", "المجموع الفرعي"),
}


@pytest.mark.parametrize("language", LABELS)
def test_the_labels_are_in_the_language_of_the_store(language: str) -> None:
    said = text_of(typeset(issued(line("10")), letterhead=Letterhead(language=language)))
    for each in LABELS[language]:
        assert each in said, each
    assert "Invoice" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_with_an_e_invoice_names_the_language_of_the_store(language: str) -> None:
    document = issued(line("10"))
    pdf = typeset(document, cii=write_xml(terms_of(document), Syntax.CII), letterhead=Letterhead(language=language))
    root: Any = pypdf.PdfReader(io.BytesIO(pdf)).root_object
    assert root["/Lang"] == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_word_for_everything(language: str) -> None:
    words = words_of(language)
    assert words.code == language
    assert words.means.keys() == words_of("en").means.keys()
    assert words.reasons.keys() == words_of("en").reasons.keys()
    assert len(words.months) == 12


def test_a_page_from_right_to_left_begins_on_the_right() -> None:
    pdf = typeset(issued(line(description="Mug", quantity="7")), letterhead=Letterhead(language="ar"))
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    mug, total = (page.search(each).get_next() for each in ("Mug", "EUR"))
    assert mug
    assert total
    assert page.get_charbox(mug[0])[0] > A4[0] / 2 > page.get_charbox(total[0])[2]


def test_a_credit_note_has_the_letterhead_of_the_store_too() -> None:
    letterhead = Letterhead(
        language="de", colour="#0a7a5a", header="Seit 1987", footer="HRB 1234", payment_note="Vielen Dank!",
        logo=make_logo(SVG),
    )  # fmt: skip
    pdf = typeset(KINDS["credit note"], letterhead=letterhead)
    said = text_of(pdf)
    for each in ("Rechnungskorrektur", "Korrigiert INV-000000", "Seit 1987", "HRB 1234", "Vielen Dank!"):
        assert each in said, each
    images = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images.keys()
    assert len(images) == 1
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata_of(pdf)


def test_the_totals_are_not_torn_apart_at_the_end_of_a_page() -> None:
    for count in range(20, 32):
        pages = pypdfium2.PdfDocument(typeset(issued(*(line(rate="0.07" if n % 2 else "0.19") for n in range(count)))))
        texts = [page.get_textpage().get_text_range() for page in pages]
        [ends] = [text for text in texts if "Subtotal" in text]
        assert "VAT 19" in ends
        assert "Total" in ends


def test_markup_in_a_text_is_text() -> None:
    assert "#strong[x] $x$ *b*" in text_of(typeset(KINDS["odd text"]))


def test_a_factur_x_has_the_same_pages_and_the_cii_inside() -> None:
    document = KINDS["many rates"]
    cii = write_xml(terms_of(document), Syntax.CII)
    pdf = typeset(document, cii=cii)
    assert text_of(pdf) == text_of(typeset(document))
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.attachments == {"factur-x.xml": [cii]}
    root: Any = reader.root_object
    [attached] = root["/AF"]
    assert attached.get_object()["/AFRelationship"] == "/Alternative"
    found = metadata_of(pdf)
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in found
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in found
