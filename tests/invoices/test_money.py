"""Money: two decimals, half up, Decimal only."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from invoices import money

amounts = st.integers(1, 10**12 - 1).map(lambda cents: Decimal(cents).scaleb(-2))
rates = st.integers(0, 10_000).map(lambda parts: Decimal(parts).scaleb(-4))


def half_up(exact: Fraction) -> Decimal:
    """The rule in whole numbers: add half a cent and cut."""
    return Decimal(int(exact * 100 + Fraction(1, 2))).scaleb(-2)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.005", "0.01"), ("0.0049999", "0.00"), ("2.675", "2.68"), ("1.005", "1.01"), ("1.015", "1.02"), ("7", "7.00")],
)
def test_half_a_cent_is_rounded_up(exact: str, rounded: str) -> None:
    assert money.quantize(Decimal(exact)) == Decimal(rounded)


@given(amounts, rates)
@example(Decimal("0.10"), Decimal("0.15"))
@example(Decimal("0.30"), Decimal("0.15"))
@example(Decimal("9999999999.99"), Decimal("1"))
def test_vat_is_the_exact_product_half_up(subtotal: Decimal, rate: Decimal) -> None:
    assert money.vat_of(subtotal, rate) == half_up(Fraction(subtotal) * Fraction(rate))


@given(st.integers(0, 10**24 - 1).map(lambda cents: Decimal(f"{cents}e-2")), st.integers(1, 2**63 - 1))
@example(Decimal("0.05"), 10)
@example(Decimal("1"), 3)
@example(Decimal("2"), 3)
@example(Decimal(f"{10**23 + 1}e-2"), 2)
@example(Decimal("9223372036854775.80"), 2**63 - 1)
@example(Decimal("9999999999999999999999.99"), 199_999_999_999_999)
def test_the_average_is_the_exact_quotient_half_up(total: Decimal, count: int) -> None:
    assert money.average(total, count) == half_up(Fraction(total) / count)


def test_the_average_of_nothing_is_zero() -> None:
    assert money.text(money.average(Decimal(0), 0)) == "0.00"


@given(amounts)
def test_what_is_written_is_read_back(amount: Decimal) -> None:
    assert money.parse(money.text(amount)) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0", "0.00"), ("7", "7.00"), ("0.1", "0.10"), ("00012.50", "12.50"), ("9999999999.99", "9999999999.99")],
)
def test_amounts_as_people_write_them_are_read(text: str, amount: str) -> None:
    assert money.text(money.parse(text)) == amount


REFUSED = {
    "nothing": "",
    "not a number": "NaN",
    "a signalling one": "sNaN",
    "infinity": "Infinity",
    "inf": "inf",
    "Arabic digits": "١٢",
    "full-width digits": "１２",  # noqa: RUF001
    "an underscore": "1_0",
    "three decimals": "10.555",
    "eleven digits": "10000000000",
    "a minus": "-1.00",
    "a plus": "+1.00",
    "an exponent": "1e3",
    "a comma": "10,50",
    "thousands": "1,000.00",
    "no digit before the point": ".50",
    "no digit after the point": "5.",
    "a space before": " 5",
    "a line break behind": "5\n",
    "a NUL": "5\0",
    "hexadecimal": "0x10",
    "a currency": "SAR 5",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_text_that_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(money.BadMoney):
        money.parse(text)


@given(st.text())
def test_every_accepted_text_is_money_and_all_others_are_refused(text: str) -> None:
    try:
        amount = money.parse(text)
    except money.BadMoney:
        return
    assert text.isascii()
    assert 0 <= amount < money.LIMIT
    assert amount.as_tuple().exponent == -2


def test_a_long_refused_text_is_not_repeated_whole() -> None:
    with pytest.raises(money.BadMoney) as refusal:
        money.parse("9" * 5000)
    assert len(str(refusal.value)) < 200


@given(amounts)
def test_an_amount_is_written_with_two_decimals_and_no_exponent(amount: Decimal) -> None:
    written = money.text(amount)
    assert written.partition(".")[2].isdigit()
    assert len(written.partition(".")[2]) == 2
    assert Decimal(json.loads(json.dumps(written))) == amount


@pytest.mark.parametrize("amount", ["0.01", "-7", "9999999999.99", "10.500"])
def test_whole_cents_are_exact(amount: str) -> None:
    assert money.is_exact(Decimal(amount), money.CENT)


@pytest.mark.parametrize("amount", ["0.001", "10.005", "NaN", "Infinity", "-Infinity", "10000000000", "1e400"])
def test_what_storing_would_change_or_refuse_is_not_exact(amount: str) -> None:
    assert not money.is_exact(Decimal(amount), money.CENT)


def test_nothing_has_no_sign() -> None:
    assert money.text(Decimal("-0.004")) == "0.00"
    assert str(money.vat_of(Decimal("-0.01"), Decimal(0))) == "0.00"
