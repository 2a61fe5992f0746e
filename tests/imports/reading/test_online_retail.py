"""The meaning of each kind of row of the shop (docs/decisions/0022)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from imports.reading.groups import group
from imports.reading.options import BadOption, Options
from imports.reading.records import csv_records
from imports.reading.source import understand
from invoices.documents.amounts import amounts_of
from invoices.documents.types import Document, Kind
from quality.rules import Broken
from tests.imports.samples import COLUMNS, row, shop

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def document(*rows: Sequence[str], options: Options | None = None) -> Document:
    lines = [",".join(values) + "\n" for values in rows]
    (one,) = group(csv_records(lines, COLUMNS, "InvoiceNo"))
    return understand(one, COLUMNS, options or shop(), NOW)


def broken(*rows: Sequence[str], options: Options | None = None) -> tuple[str, str]:
    with pytest.raises(Broken) as caught:
        document(*rows, options=options)
    return caught.value.rule.id, str(caught.value)


def test_an_invoice_keeps_its_number_its_lines_and_its_customer() -> None:
    found = document(row("536365"), row("536365", "2", "3.39", StockCode="71053"))
    sums = amounts_of(found)
    assert (found.kind, found.number, sums.subtotal, sums.total_amount) == (
        Kind.INVOICE, "536365", Decimal("22.08"), Decimal("22.08"),
    )  # fmt: skip
    assert (found.buyer.name, found.buyer.external_id, found.buyer.country) == ("Customer 17850", "17850", "DE")
    assert (found.currency, found.source, len(found.lines)) == ("GBP", "import:online-retail", 2)


def test_the_same_line_twice_is_two_lines() -> None:
    assert amounts_of(document(row("536365"), row("536365"))).subtotal == Decimal("30.60")


def test_local_time_is_that_of_the_shop() -> None:
    summer = row("1", InvoiceDate="2026-06-30 12:00:00")
    assert document(summer).issued_at == datetime(2026, 6, 30, 11, tzinfo=UTC)
    assert document(summer, options=shop(timezone="Asia/Riyadh")).issued_at == datetime(2026, 6, 30, 9, tzinfo=UTC)


def test_its_date_is_that_of_its_earliest_row() -> None:
    assert document(row("1", InvoiceDate="2026-01-31 08:27:00"), row("1")).issued_at.minute == 26


def test_a_cancellation_is_a_positive_credit_note_with_a_reason() -> None:
    found = document(row("C536379", "-1", "27.50", StockCode="D", Description="Discount"))
    assert (found.kind, amounts_of(found).subtotal, found.corrects) == (Kind.CREDIT_NOTE, Decimal("27.50"), None)
    assert found.reason.startswith("Cancellation")


def test_without_a_customer_the_buyer_is_a_walk_in() -> None:
    found = document(row("1", CustomerID="", Country="Channel Islands"))
    assert (found.buyer.name, found.buyer.external_id, found.buyer.country) == ("Walk-in customer", "", "")


def test_postage_and_free_items_are_lines_like_others() -> None:
    found = document(row("1", "1", "18.00", StockCode="POST", Description="POSTAGE"), row("1", "3", "0.0"))
    assert (amounts_of(found).subtotal, [line.net for line in found.lines]) == (
        Decimal("18.00"),
        [Decimal("18.00"), Decimal("0.00")],
    )


def test_vat_is_taken_from_the_options_and_never_assumed() -> None:
    assert amounts_of(document(row("1", "1", "100"))).vat_amount == 0
    assert amounts_of(document(row("1", "1", "100"), options=shop(vat_rate="0.2"))).vat_amount == Decimal("20.00")


def test_without_a_description_the_article_says_what_was_sold() -> None:
    assert document(row("1", Description="")).lines[0].description == "85123A"


@pytest.mark.parametrize(
    ("rows", "rule", "words"),
    [
        ([row("1", "-10", "0.0", CustomerID="")], "stock-correction", "no price and no customer"),
        ([row("1", "56", "0.0", CustomerID="")], "stock-correction", "no price and no customer"),
        ([row("1", "16", "0.0")], "nothing-charged", "amounts to 0.00 for a customer"),
        ([row("A506401", "1", "-53594.36")], "bad-debt", "adjusts a bad debt"),
        ([row("1"), row("1", "-1")], "negative-quantity", "accept it"),
        ([row("C1", "1")], "mixed-signs", "a cancellation takes back"),
        ([row("1", "1", "-5")], "negative-price", "make the quantity negative"),
        ([row("1"), row("1", CustomerID="17851.0")], "mixed-document", "'17850' and '17851'"),
        ([row("1", "six")], "bad-value", "Line 2: Quantity: 'six' is not a number"),
        ([row("1", "1", "1e5")], "bad-value", "UnitPrice: '1e5'"),
        ([row("1", "1", "0.0000001")], "bad-value", "at most six decimals"),
        ([row("1", InvoiceDate="31/31/2026")], "bad-value", "InvoiceDate: '31/31/2026' is not a day"),
        ([row("1", InvoiceDate="2027-01-31")], "future-date", "2027-01-31"),
        ([row("1", Description="x" * 1001)], "invalid", "1001 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) and "-" in value and " " not in value else "",
)
def test_a_broken_rule_names_the_value_and_the_remedy(rows: list[Sequence[str]], rule: str, words: str) -> None:
    found, message = broken(*rows)
    assert (found, words in message) == (rule, True), message


def test_what_a_person_accepts_is_issued_as_it_is() -> None:
    options = shop().waiving(frozenset({"negative-quantity"}))
    assert amounts_of(document(row("1"), row("1", "-1"), options=options)).subtotal == Decimal("12.75")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"format": "xlsx"}, "format: 'xlsx' is not a valid format: use online-retail, invoices-csv, json"),
        ({"timezone": "London"}, "timezone: 'London' is not a time zone"),
        ({"timezone": "../etc/passwd"}, "timezone: '../etc/passwd' is not a time zone"),
        ({"vat_rate": "20"}, "vat_rate: 20 is not between 0 and 1"),
        ({"vat_rate": "x"}, "vat_rate: 'x' is not a number"),
        ({"series": "shop"}, "series: 'shop' is not a valid prefix"),
        ({"series": "DEMO1"}, "series: 'DEMO1' is not a valid prefix"),
        ({"currency": "KWD"}, "currency: 'KWD' is not an ISO 4217"),
        ({"colour": "red"}, "colour: there is no such option"),
    ],
    ids=str,
)
def test_a_bad_option_is_refused_with_its_value(given: dict[str, str], words: str) -> None:
    with pytest.raises(BadOption) as caught:
        shop(**given)
    assert words in str(caught.value)
