"""Files as people have them: each case found from outside, and others of its kind, with the documents that it becomes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter

from imports import importing
from imports.reading import options as reading_options
from imports.reading.lines import BadFile
from invoices.models import Invoice
from quality.models import Quarantined
from tests.imports.files import German, shopify, workbook

pytestmark = pytest.mark.django_db
Make = Callable[[str, bytes], Path]
HEAD = "number,invoice_date,seller_name,buyer_name,currency,description,quantity,unit_price,vat_rate\n"
SEMICOLONS = (
    "number;invoice_date;seller_name;buyer_name;currency;description;quantity;unit_price;vat_rate\n"
    "A02;01.03.2026;Nordwind;Jörg Muster;EUR;Mug;2;4,15;0,19\n"
)
ESPRESSO = {
    "currency": "EUR", "seller": {"name": "Nordwind"}, "buyer": {"name": "Walk-in"}, "invoice_date": "2026-03-01T10:00:00Z",
    "lines": [{"description": "Espresso", "quantity": "1", "unit_price": "2.50", "vat_rate": "0.19"}],
}  # fmt: skip


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


def do(path: Path, **given: Any) -> dict[str, Any]:
    return importing.import_files([path], reading_options.make(given)).as_json()


def totals() -> dict[str, str]:
    return {invoice.invoice_number: str(invoice.total_amount) for invoice in Invoice.objects.all()}


def without_e_invoice() -> bytes:
    """A PDF of one empty page."""
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(file)
    return file.getvalue()


class TestFilesOfSpreadsheets:
    """Case 09."""

    @pytest.mark.parametrize(
        ("content", "encoding", "separator"),
        [
            (SEMICOLONS.encode(), "utf-8", ";"),
            (SEMICOLONS.encode("utf-8-sig"), "utf-8", ";"),
            (SEMICOLONS.encode("cp1252"), "windows-1252", ";"),
            (SEMICOLONS.encode("utf-16"), "utf-16-le", ";"),
            (SEMICOLONS.replace(";", "\t").encode("utf-16-be"), "utf-16-be", "\t"),
            (("sep=;\r\n" + SEMICOLONS.replace("\n", "\r\n")).encode("cp1252"), "windows-1252", ";"),
        ],
        ids=["utf-8", "mark", "latin-1", "utf-16", "tabs without mark", "excel"],
    )
    def test_encoding_and_separator_are_found_and_reported(
        self, make: Make, content: bytes, encoding: str, separator: str
    ) -> None:
        report = do(make("a.csv", content))
        assert totals() == {"SHOP-A02": "9.88"}
        assert Invoice.objects.get().buyer_name == "Jörg Muster"
        [found] = report["detected"]
        assert (found["format"], found["encoding"], found["separator"]) == ("invoices-csv", encoding, separator)
        assert (found["decimal_mark"], found["rows"]) == (",", 1)

    def test_a_workbook_is_read_with_its_dates_numbers_and_lines_of_text(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", German.HEADER, German.ROWS, title="Rechnungen 2026")
        report = do(path, mapping=json.dumps(German.MAPPING), seller="Nordwind", currency="EUR")
        assert totals() == {"SHOP-2026-1": "34.83", "SHOP-2026-2": "4.98"}
        assert report["detected"][0]["encoding"] == "xlsx"
        assert report["quarantined"] == {}

    def test_a_byte_of_another_encoding_in_a_utf_8_file_is_refused(self, make: Make) -> None:
        lines = (
            f"{HEAD}A1,2026-03-01,We,Jörg,EUR,Mug,1,1.00,0.19\nA2,2026-03-01,We,J".encode()
            + b"\xf6rg,EUR,Mug,1,1.00,0.19\n"
        )
        with pytest.raises(BadFile, match=r"two encodings, line 2 in UTF-8"):
            do(make("a.csv", lines))

    @pytest.mark.parametrize("separator", [";", "\t"])
    def test_a_number_that_may_be_a_thousand_follows_the_other_numbers(self, make: Make, separator: str) -> None:
        fields = ("B1", "01.03.2026", "We", "Jo", "EUR", "Screw", "1.000", "0,05", "0,19")
        text = HEAD.replace(",", separator) + separator.join(fields)
        do(make("a.csv", text.encode()))
        assert totals() == {"SHOP-B1": "59.50"}


class TestExportsOfShops:
    """Case 08."""

    def test_an_order_of_shopify_with_a_discount_and_shipping_comes_to_what_was_paid(self, make: Make) -> None:
        report = do(make("orders.csv", shopify()), seller="Nordwind")
        assert totals() == {"SHOP-1001": "54.90", "SHOP-1002": "20.00", "SHOP-CN-1002-R": "10.00"}
        assert (report["read"], report["documents"], report["quarantined"]) == (3, 3, {})
        assert do(make("again.csv", shopify()), seller="Nordwind")["duplicates"] == 3

    def test_prices_of_shopify_without_vat_and_two_taxes_on_all_goods(self, make: Make) -> None:
        text = shopify(
            {"Name": "#7", "Subtotal": "100.00", "Shipping": "0", "Taxes": "8.88", "Total": "108.88", "Lineitem quantity": "1",
             "Lineitem price": "100.00", "Tax 1 Name": "New York State 4%", "Tax 1 Value": "4.00",
             "Tax 2 Name": "New York City 4.875%", "Tax 2 Value": "4.88"}
        )  # fmt: skip
        do(make("us.csv", text), seller="Nordwind")
        assert totals() == {"SHOP-7": "108.88"}
        assert Invoice.objects.get().vat_rate == Decimal("0.088750")

    def test_an_order_of_shopify_that_is_not_paid_waits_and_a_voided_one_is_set_aside(self, make: Make) -> None:
        text = shopify({"Name": "#1", "Financial Status": "pending"}, {"Name": "#2", "Financial Status": "voided"})
        report = do(make("orders.csv", text), seller="Nordwind")
        assert (report["documents"], report["quarantined"], report["set_aside"]) == (0, {"not-paid": 1}, {"no-sale": 1})

    def test_an_order_of_woocommerce_comes_to_its_total_although_its_rounded_lines_do_not(self, make: Make) -> None:
        head = "order_id,order_number,order_date,status,shipping_total,shipping_tax_total,order_total,order_currency,"
        head += "billing_first_name,billing_last_name,billing_country,line_items,tax_items\n"
        items = (
            "name:Mug|sku:M1|quantity:2|total:33.61|total_tax:6.39;name:Pot|sku:P1|quantity:1|total:8.40|total_tax:1.59"
        )
        row = f'731,731,2026-03-31 23:30:00,completed,4.12,0.78,54.90,EUR,Jo,Sample,DE,"{items}",rate:19|total:8.76\n'
        refunded = row.replace("731,731", "732,732").replace("completed", "refunded")
        do(make("woo.csv", (head + row + refunded).encode()), seller="Nordwind", timezone="Europe/Berlin")
        assert totals() == {"SHOP-731": "54.90", "SHOP-732": "54.90", "SHOP-CN-732-R": "54.90"}

    def test_payments_of_stripe_need_the_rate_of_the_shop(self, make: Make) -> None:
        text = (
            "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Description,Customer Email\n"
            'txn_1,charge,ch_1,"1.234,56",0.30,24.70,eur,2026-03-31 22:30,Order 1001,jo@example.org\n'
            'txn_2,payout,po_1,"-1.234,26",0,0,eur,2026-04-02 00:00,STRIPE PAYOUT,\n'
            'txn_3,refund,re_1,"-34,56",0,0,eur,2026-04-03 00:00,Refund of order 1001,jo@example.org\n'
        )
        path = make("stripe.csv", text.encode())
        with pytest.raises(BadFile, match="stripe does not contain seller and vat_rate"):
            do(path)
        report = do(path, seller="Nordwind", vat_rate="0.19")
        assert totals() == {"SHOP-txn_1": "1234.56", "SHOP-CN-txn_3": "34.56"}
        assert report["set_aside"] == {"no-sale": 1}

    def test_the_activity_of_paypal_in_german(self, make: Make) -> None:
        text = (
            '"Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Entgelt","Netto","Absender E-Mail-Adresse",'
            '"Transaktionscode","Artikelbezeichnung","Zugehöriger Transaktionscode"\n'
            '"31.03.2026","23:30:00","CEST","Jo Sample","PayPal Express-Zahlung","Abgeschlossen","EUR","1.019,99","-0,60",'
            '"1.019,39","jo@example.org","T1","Mug",""\n'
            '"02.04.2026","09:00:00","CEST","Jo Sample","Rückzahlung","Abgeschlossen","EUR","-19,99","0,60","-19,39","",'
            '"T2","","T1"\n'
            '"03.04.2026","09:00:00","CEST","","Allgemeine Abbuchung","Abgeschlossen","EUR","-900,00","0,00","-900,00","",'
            '"T3","",""\n'
        )
        report = do(make("paypal.csv", text.encode("utf-8-sig")), seller="Nordwind", vat_rate="0.19")
        assert totals() == {"SHOP-T1": "1019.99", "SHOP-CN-T2": "19.99"}
        assert report["set_aside"] == {"no-sale": 1}
        assert Invoice.objects.get(invoice_number="SHOP-T1").invoice_date.isoformat() == "2026-03-31T21:30:00+00:00"

    def test_any_other_table_is_read_by_a_mapping(self, make: Make) -> None:
        text = "order_id,product_id,shipping_limit_date,price,freight_value\no1,p1,2026-09-19 09:45:35,58.90,13.29\n"
        mapping = {
            "number": "order_id",
            "date": "shipping_limit_date",
            "lines": {"description": "product_id", "unit_price": "price"},
        }
        do(make("olist.csv", text.encode()), mapping=mapping, seller="Olist", currency="BRL", vat_rate="0")
        assert totals() == {"SHOP-o1": "58.90"}

    def test_without_a_mapping_the_file_is_refused_with_its_columns(self, make: Make) -> None:
        with pytest.raises(BadFile, match=r"columns that no format has \(Bon, Tag, Summe\); name the columns"):
            do(make("kasse.csv", b"Bon;Tag;Summe\n1;01.03.2026;2,50\n"))


class TestEqualSales:
    """Case 10."""

    @pytest.mark.parametrize("end", ["", "\n"], ids=["without the last line end", "with it"])
    def test_equal_lines_without_a_number_are_as_many_sales(self, make: Make, end: str) -> None:
        text = "\n".join([json.dumps(ESPRESSO)] * 3) + end
        assert do(make("a.jsonl", text.encode()))["documents"] == 3
        assert do(make("b.jsonl", f"{text.strip()}\n".encode()))["duplicates"] == 3
        assert len(totals()) == 3

    def test_equal_rows_of_a_table_without_numbers_are_as_many_sales(self, make: Make) -> None:
        mapping = {"date": "Tag", "lines": {"description": "Ware", "total": "Betrag"}, "prices_include_vat": True}
        given = {"mapping": mapping, "seller": "Café", "currency": "EUR", "vat_rate": "0.19"}
        text = "Tag;Ware;Betrag\n" + "01.03.2026;Espresso;2,50\n" * 2
        assert do(make("a.csv", text.encode()), **given)["documents"] == 2
        assert set(totals().values()) == {"2.50"}


class TestLineBreaks:
    """Case 11."""

    @pytest.mark.parametrize("mark", ["\n", "\r\n", "\t", "\n\n "], ids=["lf", "crlf", "tab", "several"])
    def test_a_line_break_in_a_field_becomes_a_blank(self, make: Make, mark: str) -> None:
        row = f'A09,2026-03-01,We,"Jo{mark}Sample",EUR,"Mug{mark}blue, ""large""",2,4.15,0.19\n'
        report = do(make("a.csv", (HEAD + row).encode()))
        assert report["quarantined"] == {}
        invoice = Invoice.objects.get()
        assert (invoice.buyer_name, invoice.lines.get().description) == ("Jo Sample", 'Mug blue, "large"')


class TestWrongFormats:
    """Case 13."""

    @pytest.mark.parametrize(
        ("form", "content", "words"),
        [
            ("json", HEAD.encode() + b"1,2,3\n" * 99, "looks like invoices-csv .* use format invoices-csv"),
            ("json", json.dumps([ESPRESSO] * 2, indent=2).encode(), "looks like a JSON array.* one document per line"),
            ("json", json.dumps(ESPRESSO, indent=2).encode(), "one JSON document over several lines"),
            ("json", b'<?xml version="1.0"?>\n<!-- x -->\n<Invoice xmlns="urn:x"/>', "a UBL invoice .* use format ubl"),
            ("", b'<?xml version="1.0"?><rss version="2.0"/>', r"XML that is not an invoice.*e-invoice \(UBL or CII\)"),
            ("ubl", b"<sales/>", "XML that is not an invoice"),
            ("", without_e_invoice(), r"the PDF has no e-invoice in it \(factur-x.xml.*CSV or Excel"),
            ("invoices-csv", json.dumps(ESPRESSO).encode(), "looks like JSON lines; use format json"),
            ("invoices-csv", shopify(), "looks like shopify"),
            ("", b"%PDF-1.7\n", "the PDF cannot be read"),
            ("", b"\xd0\xcf\x11\xe0" + bytes(600), r"an old Excel workbook \(.xls\)"),
            ("", b"<html><table><tr><td>1</td></tr></table></html>", "a web page"),
            ("", b"PK\x03\x04 no workbook", "a ZIP archive"),
        ],
    )  # fmt: skip
    def test_a_file_of_another_kind_is_refused_as_a_whole(
        self, make: Make, form: str, content: bytes, words: str
    ) -> None:
        with pytest.raises(BadFile, match=words):
            do(make("file", content), format=form)
        assert not Quarantined.objects.exists()
        assert not Invoice.objects.exists()
