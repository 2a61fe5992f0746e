"""Checks a document before it is issued and a number is spent: each finding has the field and a sentence.

The database refuses the same and more; this check comes first, in the terms of the document's author.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal

from invoices import money
from invoices.documents.characters import find_hidden, find_mixed_scripts
from invoices.documents.characters import name as name_character
from invoices.documents.types import Document, Kind, Line, Party
from runtime.currencies import TWO_DECIMAL_CURRENCIES

MOST_LINES = 10_000
QUANTITY_UNIT = Decimal("0.000001")
QUANTITY_LIMIT = Decimal(10) ** 12
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_BAD_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_PARTY_LENGTHS = {"name": 255, "country": 2}
_LENGTHS = {"number": 48, "source": 100, "external_id": 200, "corrects": 50, "reason": 1000, "note": 5000}
_LINE_LENGTHS = {"description": 1000, "product_code": 100}
# Looked up as they are; `corrects` names what was issued, whatever characters that has.
_IDENTIFIERS = ("number", "external_id")
# The column of invoice numbers, in which the prefix of the series and a dash come first.
LONGEST_NUMBER = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What is wrong with a field (`lines.0.quantity`): a sentence that names the value and the remedy."""

    field: str
    message: str


def lint(document: Document) -> list[Finding]:
    """All that keeps `document` from being issued; empty when it can be."""
    findings = [*_texts(document), *_rules(document), *_parties(document), *_lines(document)]
    return findings or list(_amounts(document))


def warn(document: Document) -> list[Finding]:
    """What a person should check, although `document` can be issued."""
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
    if document.currency not in TWO_DECIMAL_CURRENCIES:
        yield _finding(
            "currency", f"{document.currency[:20]!r} is not an ISO 4217 currency with two decimals, such as EUR"
        )
    if document.issued_at.tzinfo is None:
        yield _finding("invoice_date", f"{document.issued_at} has no time zone; give one, such as Z")
    elif not EARLIEST <= document.issued_at < LATEST:
        yield _finding("invoice_date", f"{document.issued_at} is not between 1900 and 2200")
    if document.number is not None and (not document.number or document.number != document.number.strip()):
        yield _finding("number", f"{document.number!r} is empty or begins or ends with a space; leave them out")
    if document.kind == Kind.INVOICE and document.corrects is not None:
        yield _finding("corrects", "only a credit note corrects anything; make its kind credit_note")
    if document.kind == Kind.CREDIT_NOTE and document.corrects is None and not document.reason.strip():
        yield _finding("reason", "a credit note that corrects no invoice says why; give corrects or reason")


def _texts(document: Document) -> Iterator[Finding]:
    for name, length in _LENGTHS.items():
        text = getattr(document, name) or ""
        yield from _text(name, text, length, is_one_line=name != "note")
        if name != "corrects":
            yield from _hidden(name, text, is_identifier=name in _IDENTIFIERS)


def _parties(document: Document) -> Iterator[Finding]:
    for role in ("seller", "buyer"):
        party: Party = getattr(document, role)
        for field in fields(party):
            text = getattr(party, field.name)
            yield from _text(f"{role}.{field.name}", text, _PARTY_LENGTHS.get(field.name, 200))
            yield from _hidden(f"{role}.{field.name}", text)
        if not party.name.strip():
            yield _finding(f"{role}.name", "it is empty; give the name of the person or company")
        if party.country and not _COUNTRY.fullmatch(party.country):
            yield _finding(f"{role}.country", f"{party.country[:20]!r} is not a code of two capitals, such as DE")


def _lines(document: Document) -> Iterator[Finding]:
    if not 1 <= len(document.lines) <= MOST_LINES:
        yield _finding("lines", f"there are {len(document.lines)}; a document has 1 to {MOST_LINES:,}")
    for index, line in enumerate(document.lines):
        for field, message in _line(line):
            yield _finding(f"lines.{index}.{field}", message)


def _line(line: Line) -> Iterator[tuple[str, str]]:
    for name, length in _LINE_LENGTHS.items():
        text = getattr(line, name)
        for finding in (*_text(name, text, length), *_hidden(name, text)):
            yield finding.field, finding.message.removesuffix(".")
    if not line.description.strip():
        yield "description", "it is empty; say what was sold"
    for name in ("quantity", "unit_price"):
        if not _is_exact(getattr(line, name), QUANTITY_UNIT, QUANTITY_LIMIT):
            yield name, f"{str(getattr(line, name))[:40]} has more than six decimals, or twelve digits before them"
            return
    if line.unit_price < 0:
        yield "unit_price", f"{line.unit_price} is below zero; make the quantity negative instead"
    if not (_is_exact(line.vat_rate, money.RATE_UNIT, QUANTITY_LIMIT) and 0 <= line.vat_rate <= 1):
        yield "vat_rate", f"{str(line.vat_rate)[:40]} is not between 0 and 1 with at most four decimals; 0.15 is 15 %"
    if abs(line.quantity * line.unit_price) >= money.LIMIT:
        yield "quantity", "times the unit price it is 10,000,000,000 or more, which no line comes to"


def _amounts(document: Document) -> Iterator[Finding]:
    subtotal, vat = document.amounts
    if subtotal <= 0:
        yield _finding("lines", f"they add up to {subtotal}; a document is above zero, a credit note too")
    if vat < 0:
        yield _finding("lines", f"their VAT adds up to {vat}, which is below zero")
    if subtotal + vat >= money.LIMIT:
        yield _finding("lines", f"they come to {subtotal + vat}; a document stays below {money.LIMIT:,}")


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
