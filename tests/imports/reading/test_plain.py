"""Numbers, rates, dates and headings as people write them have one reading, or are refused."""

from __future__ import annotations

import pytest

from imports.reading import guessing
from imports.reading.dialects import DAY_FIRST, MONTH_FIRST, Dialect
from imports.reading.plain import plain_date, plain_number, plain_rate
from imports.reading.values import BadValue

POINT, COMMA, OPEN = Dialect(decimal_mark="."), Dialect(decimal_mark=","), Dialect(decimal_mark="")


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("1234.50", "1234.50", "1234.50"),
        ("4,15", "4.15", "4.15"),
        ("1.234,56", "1234.56", "1234.56"),
        ("1,234.56", "1234.56", "1234.56"),
        ("1.234", "1.234", "1234"),
        ("1,234", "1234", "1.234"),
        ("0,125", "0.125", "0.125"),
        ("1.234.567", "1234567", "1234567"),
        ("1 234,50", "1234.50", "1234.50"),
        ("1'234.50", "1234.50", "1234.50"),
        ("-12,50 €", "-12.50", "-12.50"),
        ("EUR 12,50", "12.50", "12.50"),
        ("$-3.10", "-3.10", "-3.10"),
        ("12,50-", "-12.50", "-12.50"),
    ],
)
def test_a_number_follows_its_own_marks_and_else_those_of_the_file(text: str, point: str, comma: str) -> None:
    assert plain_number("price", text, POINT) == point
    assert plain_number("price", text, COMMA) == comma


@pytest.mark.parametrize("text", ["1.2.3", "1,2.3,4", "eine", "1e5", "NaN", ""])
def test_a_text_that_is_not_a_number_stays_and_is_refused_later(text: str) -> None:
    assert plain_number("price", text, COMMA) == text


def test_a_number_with_two_readings_is_refused_where_the_file_shows_both_marks() -> None:
    with pytest.raises(BadValue, match=r"^price: '1\.234' is 1234 or 1 and 234 thousandths"):
        plain_number("price", "1.234", OPEN)
    assert plain_number("price", "1.23", OPEN) == "1.23"


@pytest.mark.parametrize(
    ("text", "rate"), [("19 %", "0.19"), ("19", "0.19"), ("7,00", "0.07"), ("0,19", "0.19"), ("0", "0")]
)
def test_a_rate_is_a_part_of_one(text: str, rate: str) -> None:
    assert plain_rate("vat_rate", text, COMMA) == rate


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("31.01.2026", "2026-01-31"),
        ("3.4.26", "2026-04-03"),
        ("31/01/2026 14:30", "2026-01-31T14:30:00"),
        ("01/31/2026, 2:30 PM", "2026-01-31T14:30:00"),
        ("2026-04-05 21:06:21 +0200", "2026-04-05 21:06:21+0200"),
        ("2026-04-05 21:06 UTC", "2026-04-05 21:06+00:00"),
        ("2026/4/5", "2026-04-05"),
    ],
)
def test_a_date_becomes_iso_8601(text: str, plain: str) -> None:
    assert plain_date("date", text, POINT) == plain


def test_the_order_of_day_and_month_is_that_of_the_file_or_refused() -> None:
    assert plain_date("date", "03/04/2026", Dialect(date_order=DAY_FIRST)) == "2026-04-03"
    assert plain_date("date", "03/04/2026", Dialect(date_order=MONTH_FIRST)) == "2026-03-04"
    assert plain_date("date", "04/04/2026", POINT) == "2026-04-04"
    with pytest.raises(BadValue, match=r"which comes first \(date_order\)"):
        plain_date("date", "03/04/2026", POINT)


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        (
            ["Rechnungs-Nr.", "Rechnungsdatum", "Kunde", "PLZ", "Menge", "Bezeichnung", "Bruttopreis", "USt-Satz"],
            {
                "number": "Rechnungs-Nr.", "date": "Rechnungsdatum", "buyer": {"name": "Kunde", "postcode": "PLZ"},
                "lines": {"description": "Bezeichnung", "quantity": "Menge", "unit_price": "Bruttopreis", "vat_rate": "USt-Satz"},
                "prices_include_vat": True,
            },
        ),
        (
            ["Order", "Created at", "Vorname", "Nachname", "Artikel", "Gesamt (€)", "MwSt %"],
            {
                "number": "Order", "date": "Created at", "buyer": {"first_name": "Vorname", "last_name": "Nachname"},
                "lines": {"description": "Artikel", "total": "Gesamt (€)", "vat_rate": "MwSt %"},
            },
        ),
        (["colour", "size"], {}),
    ],
    ids=["german", "mixed", "none"],
)  # fmt: skip
def test_headings_are_guessed(header: list[str], mapping: dict[str, object]) -> None:
    assert guessing.guess(header).as_json() == mapping
