"""Checks the fields of a document before it is issued; each finding has the field and a sentence.

The database refuses the same and more. These checks come before it, and use the names of the document's author. The sums
are checked in `invoices.validation.amounts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from invoices import money
from invoices.documents.characters import find_hidden, find_mixed_scripts
from invoices.documents.characters import name as name_character
from invoices.documents.types import Accept, Allowance, Category, Document, Kind, Line, Party
from invoices.validation.finding import Finding
from invoices.validation.terms import lint_terms
from runtime.currencies import ISSUED_CURRENCIES, MINOR_UNITS

MOST_LINES = 10_000
MOST_ENTRIES = 100
QUANTITY_UNIT = Decimal("0.000001")
QUANTITY_LIMIT = Decimal(10) ** 12
MOST_ROUNDING = Decimal("50.00")
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
CATEGORIES = frozenset(Category)
_BAD_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_SHORT = {"name": 255, "country": 2, "means_code": 3, "iban": 34, "scheme": 10, "terms": 1000}
_LENGTHS = {
    "number": 48, "source": 100, "external_id": 200, "corrects": 50, "reason": 1000, "note": 5000,
    "buyer_reference": 200, "order_reference": 200, "profile": 20,
}  # fmt: skip
# Looked up as they are; `corrects` names what was issued, whatever characters that has.
_IDENTIFIERS = ("number", "external_id")
# The column of invoice numbers, in which the prefix of the series and a dash come first.
LONGEST_NUMBER = 50


def lint(document: Document) -> list[Finding]:
    """The rules that `document` breaks, its sums aside; empty when it can be issued."""
    return [*_texts(document), *_rules(document), *_parties(document), *_lines(document), *_more(document)]


def warn(document: Document) -> list[Finding]:
    """Findings that a person should check, although `document` can be issued."""
    mixed = find_mixed_scripts(document.number or "")
    if not mixed:
        return []
    message = f"{document.number} mixes {' and '.join(mixed)} characters, which may look alike; check that it is right"
    return [_finding("number", message)]


def check_number(prefix: str, number: str | None) -> Finding | None:
    """Whether a source's own number fits behind the prefix of its series."""
    length = len(prefix) + 1 + len(number or "")
    if number is None or length <= LONGEST_NUMBER:
        return None
    message = (
        f"{prefix}-{number[:20]}... has {length} characters, {len(prefix) + 1} of them from the series; "
        f"{LONGEST_NUMBER} are possible, so shorten the series or the number"
    )
    return _finding("number", message)


def _rules(document: Document) -> Iterator[Finding]:
    yield from _currency(document.currency)
    if document.issued_at.tzinfo is None:
        yield _finding("invoice_date", f"{document.issued_at} has no time zone; give one, such as Z")
    elif not EARLIEST <= document.issued_at < LATEST:
        yield _finding("invoice_date", f"{document.issued_at} is not between 1900 and 2200")
    if document.number is not None and (not document.number or document.number != document.number.strip()):
        yield _finding("number", f"{document.number!r} is empty or begins or ends with a space; leave them out")
    if document.kind == Kind.INVOICE and document.corrects is not None:
        yield _finding("corrects", "only a credit note corrects anything; make its kind credit_note")
    if document.kind == Kind.CREDIT_NOTE and not document.reason.strip():
        if document.corrects is None:
            yield _finding("reason", "a credit note that corrects no invoice says why; give corrects or reason")
        elif Accept.CREDIT_DIFFERS in document.accepted:
            yield _finding("reason", "a credit note unlike its invoice says why; give a reason")


def _currency(code: str) -> Iterator[Finding]:
    if code in ISSUED_CURRENCIES:
        return
    if decimals := MINOR_UNITS.get(code):
        message = f"{code} has {decimals} decimals, and documents are issued in currencies with two or none"
    else:
        message = f"{code[:20]!r} is not a valid ISO 4217 currency: use its code, for example EUR"
    yield _finding("currency", message)


def _texts(document: Document) -> Iterator[Finding]:
    for name, length in _LENGTHS.items():
        if text := getattr(document, name):
            yield from _text(name, text, length, is_one_line=name != "note")
            if name != "corrects":
                yield from _hidden(name, text, is_identifier=name in _IDENTIFIERS)


def _parties(document: Document) -> Iterator[Finding]:
    yield from _party("seller", document.seller)
    yield from _party("buyer", document.buyer)


@lru_cache(maxsize=256)
def _party(role: str, party: Party) -> tuple[Finding, ...]:
    findings = [*_record(role, party)]
    if not party.name.strip():
        findings.append(_finding(f"{role}.name", "it is empty; give the name of the person or company"))
    return tuple(findings)


def _record(path: str, record: Any) -> Iterator[Finding]:
    """The texts of a party, an address, a payment; and of what they hold."""
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, str):
            if value:
                yield from _text(f"{path}.{field.name}", value, _SHORT.get(field.name, 200))
                yield from _hidden(f"{path}.{field.name}", value)
        elif hasattr(value, "__dataclass_fields__"):
            yield from _record(f"{path}.{field.name}", value)
    country = getattr(record, "country", "")
    if country and not _COUNTRY.fullmatch(country):
        yield _finding(f"{path}.country", f"{country[:20]!r} is not a code of two capitals, such as DE")


def _lines(document: Document) -> Iterator[Finding]:
    if not 1 <= len(document.lines) <= MOST_LINES:
        yield _finding("lines", f"there are {len(document.lines)}; a document has 1 to {MOST_LINES:,}")
    for index, line in enumerate(document.lines):
        yield from _line(f"lines.{index}", line)
    categories = {line.category for line in document.lines}
    if Category.OUT_OF_SCOPE in categories and len(categories) > 1:
        yield _finding("lines", "category O (not subject to VAT) stands alone; put the other lines on another document")


def _line(path: str, line: Line) -> Iterator[Finding]:
    yield from _text(f"{path}.description", line.description, 1000)
    yield from _hidden(f"{path}.description", line.description)
    if line.product_code:
        yield from _text(f"{path}.product_code", line.product_code, 100)
        yield from _hidden(f"{path}.product_code", line.product_code)
    if not line.description.strip():
        yield _finding(f"{path}.description", "it is empty; say what was sold")
    for name, number in (("quantity", line.quantity), ("unit_price", line.unit_price)):
        if not _is_exact(number, QUANTITY_UNIT, QUANTITY_LIMIT):
            message = f"{str(number)[:40]} has more than six decimals, or twelve digits before them"
            yield _finding(f"{path}.{name}", message)
            return
    if line.unit_price < 0:
        yield _finding(f"{path}.unit_price", f"{line.unit_price} is below zero; make the quantity negative instead")
    yield from _rate(path, line)
    if abs(line.quantity * line.unit_price) >= money.LIMIT:
        yield _finding(f"{path}.quantity", "times the unit price it is 10,000,000,000 or more, which no line comes to")
    if line.allowances:
        yield from _amounts(f"{path}.allowances", line.allowances)
    if line.exemption_reason:
        yield from _text(f"{path}.exemption_reason", line.exemption_reason, 500)
        yield from _hidden(f"{path}.exemption_reason", line.exemption_reason)
    elif line.vat_category == Category.EXEMPT:
        message = "category E (exempt) needs the reason for the exemption, for example the article of the law"
        yield _finding(f"{path}.exemption_reason", message)


def _rate(path: str, taxed: Line | Allowance) -> Iterator[Finding]:
    """Rate and category; one of both is wrong where they do not fit."""
    rate, category = taxed.vat_rate, taxed.vat_category
    if not (_is_exact(rate, money.RATE_UNIT, QUANTITY_LIMIT) and 0 <= rate <= 1):
        message = f"{str(rate)[:40]} is not between 0 and 1 with at most six decimals; 0.15 is 15 %"
        yield _finding(f"{path}.vat_rate", message)
    elif category and category not in CATEGORIES:
        message = f"{category[:20]!r} is not a valid VAT category: use S, Z, E, AE, K, G or O"
        yield _finding(f"{path}.vat_category", message)
    elif category and (category == Category.STANDARD) != bool(rate):
        message = f"category {category} does not fit the rate {rate}: S has a rate above 0, all others have rate 0"
        yield _finding(f"{path}.vat_category", message)


def _more(document: Document) -> Iterator[Finding]:
    """The findings about rarely used fields."""
    for name in ("allowances", "charges"):
        if several := getattr(document, name):
            yield from _amounts(name, several)
            for index, each in enumerate(several):
                yield from _rate(f"{name}.{index}", each)
    if document.vat:
        yield from _given_vat(document)
    if document.payment:
        yield from _record("payment", document.payment)
    if document.delivery:
        yield from _record("delivery", document.delivery)
    if len(document.preceding) > MOST_ENTRIES:
        yield _finding("preceding", f"there are {len(document.preceding)}; at most {MOST_ENTRIES} are kept")
    for index, each in enumerate(document.preceding):
        yield from _record(f"preceding.{index}", each)
    if not (money.is_exact(document.prepaid_amount, money.CENT) and document.prepaid_amount >= 0):
        yield _finding("prepaid_amount", f"{str(document.prepaid_amount)[:40]} is below zero or not in whole cents")
    rounding = document.rounding_amount
    if not (money.is_exact(rounding, money.CENT) and abs(rounding) <= MOST_ROUNDING):
        message = f"{str(rounding)[:40]} is not in whole cents between -{MOST_ROUNDING} and {MOST_ROUNDING}"
        yield _finding("rounding_amount", f"{message}; it is for the rounding of cash alone")
    yield from lint_terms(document)
    for index, word in enumerate(document.accepted):
        if word not in set(Accept):
            yield _finding(f"accept.{index}", f"{word[:40]!r} is not known: use {', '.join(Accept)}")


def _amounts(path: str, several: tuple[Any, ...]) -> Iterator[Finding]:
    if len(several) > MOST_ENTRIES:
        yield _finding(path, f"there are {len(several)}; at most {MOST_ENTRIES} are kept")
    for index, each in enumerate(several):
        if not (money.is_exact(each.amount, money.CENT) and each.amount > 0):
            yield _finding(f"{path}.{index}.amount", f"{str(each.amount)[:40]} is not above zero in whole cents")
        yield from _text(f"{path}.{index}.reason", each.reason, 500)
        yield from _hidden(f"{path}.{index}.reason", each.reason)


def _given_vat(document: Document) -> Iterator[Finding]:
    taxed: list[Line | Allowance] = [*document.lines, *document.allowances, *document.charges]
    known = {(each.vat_rate, each.category) for each in taxed}
    seen = set()
    for index, each in enumerate(document.vat):
        key = (each.rate, each.category)
        if not money.is_exact(each.amount, money.CENT):
            yield _finding(f"vat.{index}.amount", f"{str(each.amount)[:40]} is not an amount in whole cents")
        if key not in known:
            message = (
                f"no line has the rate {str(each.rate)[:40]} with category {each.category}; give the VAT of your lines"
            )
            yield _finding(f"vat.{index}.rate", message)
        elif key in seen:
            yield _finding(f"vat.{index}.rate", f"{each.rate} {each.category} is given twice; give each group once")
        seen.add(key)


def _text(field: str, text: str, length: int, *, is_one_line: bool = True) -> Iterator[Finding]:
    if len(text) > length:
        yield _finding(field, f"it has {len(text)} characters; at most {length} are kept")
    if text.isascii() and text.isprintable():
        return
    if _BAD_CHARACTERS.search(text) or (is_one_line and any(mark in text for mark in "\n\r\t")):
        yield _finding(field, "it holds a control character or half of one, which no text has")


def _hidden(field: str, text: str, *, is_identifier: bool = False) -> Iterator[Finding]:
    if (found := find_hidden(text, is_identifier=is_identifier)) is not None:
        yield _finding(field, f"it holds {name_character(found)}, which looks like nothing or like another; remove it")


def _is_exact(number: Decimal, unit: Decimal, limit: Decimal) -> bool:
    return number.is_finite() and abs(number) < limit and number == number.quantize(unit)


def _finding(field: str, message: str) -> Finding:
    return Finding(field=field, message=f"{message}.")
