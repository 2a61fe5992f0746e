"""Reads the values of business terms: amounts, numbers and one-line texts. A value that cannot be kept exactly is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from imports.reading.values import BadValue, read_date
from invoices import money
from invoices.documents.types import ZERO, Category, short_category

Terms = dict[str, Any]
PLACES = Decimal("0.000001")
CATEGORIES = frozenset(Category)


def text_of(terms: Terms, name: str) -> str:
    """The text on one line; several values are not taken."""
    value = terms.get(name, "")
    if isinstance(value, list):
        raise BadValue(f"{name}: it is given {len(value)} times, and a document has it once.")
    return " ".join(str(value).split())


def day_of(terms: Terms, name: str) -> date | None:
    text = text_of(terms, name)
    return read_date(name, text) if text else None


def number_of(terms: Terms, name: str) -> Decimal:
    """A number with up to six decimals."""
    text = text_of(terms, name)
    number = exact_of(name, text)
    if not (abs(number) < Decimal(10) ** 12 and number == number.quantize(PLACES)):
        raise BadValue(f"{name}: {text[:40]!r} has more than six decimals, or twelve digits before them.")
    return number


def exact_of(name: str, text: str) -> Decimal:
    """A number with as many decimals as it has."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(text) > 40:
        raise BadValue(f"{name}: {text[:40]!r} is not a number.")
    return number


def amount_of(terms: Terms, name: str) -> Decimal:
    """An amount in whole cents; zero where there is none."""
    if not text_of(terms, name):
        return ZERO
    amount = number_of(terms, name)
    if amount != money.quantize(amount):
        raise BadValue(f"{name}: {amount} is not in whole cents, which documents are.")
    return money.quantize(amount)


def rate_of(terms: Terms, name: str) -> Decimal:
    """A rate, of a percentage; zero where there is none."""
    return number_of(terms, name) / 100 if text_of(terms, name) else Decimal(0)


def category_of(terms: Terms, name: str, rate: Decimal) -> str:
    """The VAT category; empty for the default of the rate."""
    category = text_of(terms, name)
    if category not in CATEGORIES:
        known = ", ".join(Category)
        raise BadValue(f"{name}: {category[:10]!r} is not a VAT category that documents have: {known}.")
    return short_category(rate, category)
