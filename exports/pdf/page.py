"""What stands on the page of a document, as texts: the template only places them. No arithmetic beyond formats."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from invoices import money
from invoices.documents.types import IssuedDocument, Kind, Line, Party
from invoices.validation.en16931 import vat_identifier

TITLES = {Kind.INVOICE: "Invoice", Kind.CREDIT_NOTE: "Credit note"}
# A word that no line can hold is broken here; the mark is not seen and takes no room.
LONGEST_WORD, BREAK = 24, "\N{ZERO WIDTH SPACE}"
_LONG = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
# Control characters have no shape.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


def page_of(issued: IssuedDocument) -> dict[str, Any]:
    """The texts of the page, for the template."""
    document = issued.document
    return {
        "title": TITLES[document.kind],
        "number": issued.printed_number,
        "is_test": issued.is_test,
        "seller": _party(document.seller),
        "buyer": _party(document.buyer),
        "facts": [{"name": name, "value": _text(value)} for name, value in _facts(issued) if value],
        "currency": document.currency,
        "lines": [_line(position, line) for position, line in enumerate(document.lines, start=1)],
        "sums": _sums(issued),
        "total": {"name": _total_name(document.kind), "value": f"{amount(issued.total_amount)} {document.currency}"},
        "notes": [_text(note) for note in (document.reason, document.note) if note.strip()],
    }


def amount(value: Decimal) -> str:
    """`1,234.50`."""
    return _signed(f"{Decimal(money.text(value)):,}")


def number(value: Decimal) -> str:
    """A quantity or price with no needless zeros, `1,234.5`."""
    return _signed(f"{Decimal(f'{value.normalize():f}'):,}") if value else "0"


def price(value: Decimal) -> str:
    """A price: at least two decimals, up to six."""
    exponent = int(value.normalize().as_tuple().exponent)
    return f"{value:,.2f}" if exponent >= -2 else number(value)


def percent(rate: Decimal) -> str:
    return f"{number(rate * 100)} %"


def day(value: date) -> str:
    """`21 November 2026`: no reader takes the day for the month."""
    return f"{value.day} {value:%B %Y}"


def _facts(issued: IssuedDocument) -> list[tuple[str, str]]:
    document = issued.document
    return [
        ("Number", issued.printed_number),
        ("Date", day(issued.day)),
        ("Due", day(document.due_date) if document.due_date else ""),
        ("Corrects", issued.corrects_printed or document.corrects or ""),
        ("Customer", document.buyer.external_id),
        ("Customer VAT no.", document.buyer.vat_id),
    ]


def _party(party: Party) -> dict[str, Any]:
    place = " ".join(part for part in (party.postcode, party.city) if part)
    address = [_text(line) for line in (party.street, place, party.country) if line.strip()]
    contact = [_text(line) for line in (party.email,) if line.strip()]
    return {"name": _text(party.name), "address": address, "contact": contact, "vat_id": _text(vat_identifier(party))}


def _line(position: int, line: Line) -> dict[str, str]:
    return {
        "position": str(position),
        "description": _text(line.description),
        "code": _text(line.product_code),
        "quantity": number(line.quantity),
        "price": price(line.unit_price),
        "rate": percent(line.vat_rate),
        "net": amount(line.net),
    }


def _sums(issued: IssuedDocument) -> list[dict[str, str]]:
    groups = [
        {"name": f"VAT {percent(group.rate)} on {amount(group.net)}", "value": amount(group.vat)}
        for group in issued.vat_groups
    ]
    return [{"name": "Subtotal", "value": amount(issued.subtotal)}, *groups]


def _total_name(kind: Kind) -> str:
    return "Total credited" if kind is Kind.CREDIT_NOTE else "Total"


def _signed(figures: str) -> str:
    return figures.replace("-", "\N{MINUS SIGN}")


def _text(text: str) -> str:
    """The text on lines that can be broken, without what has no shape."""
    return _LONG.sub(rf"\g<0>{BREAK}", _CONTROL.sub(" ", text)).strip()
