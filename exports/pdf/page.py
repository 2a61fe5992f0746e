"""What stands on the page of a document, as texts: the template only places them. No arithmetic beyond formats."""

from __future__ import annotations

from typing import Any

from exports.pdf.formats import amount, day, number, price, text
from exports.pdf.sums import due_of, rate_of, reasons_of, sums_of, total_of
from invoices.documents.types import Contact, Delivery, IssuedDocument, Kind, Line, Party, Payment
from invoices.validation.en16931 import vat_identifier

# UNTDID 4461.
MEANS = {
    "10": "Cash", "20": "Cheque", "30": "Credit transfer", "31": "Debit transfer", "42": "Bank account", "48": "Card",
    "49": "Direct debit", "54": "Credit card", "55": "Debit card", "57": "Standing agreement", "58": "SEPA transfer",
    "59": "SEPA direct debit", "68": "Online payment",
}  # fmt: skip
TITLES = {Kind.INVOICE: "Invoice", Kind.CREDIT_NOTE: "Credit note"}


def page_of(issued: IssuedDocument) -> dict[str, Any]:
    """The texts of the page, for the template."""
    document = issued.document
    lines = [_line(position, line, document.currency) for position, line in enumerate(document.lines, start=1)]
    return {
        "title": TITLES[document.kind],
        "number": issued.printed_number,
        "is_test": issued.is_test,
        "seller": _party(document.seller),
        "buyer": _party(document.buyer),
        "facts": [{"name": name, "value": text(value)} for name, value in _facts(issued) if value],
        "currency": document.currency,
        "lines": lines,
        "sums": sums_of(issued),
        "total": total_of(issued),
        "due": due_of(issued),
        "notes": _notes(issued),
    }


def _facts(issued: IssuedDocument) -> list[tuple[str, str]]:
    document = issued.document
    delivered = document.delivery.date if document.delivery else None
    preceding = ", ".join(
        f"{each.number} of {day(each.date)}" if each.date else each.number for each in document.preceding
    )
    return [
        ("Number", issued.printed_number),
        ("Date", day(issued.day)),
        ("Due", day(document.due_date) if document.due_date else ""),
        ("Delivered", day(delivered) if delivered else ""),
        ("Corrects", issued.corrects_printed or document.corrects or ""),
        ("Refers to", preceding),
        ("Customer", document.buyer.external_id),
        ("Customer VAT no.", document.buyer.vat_id),
        ("Your reference", document.buyer_reference),
        ("Order", document.order_reference),
    ]


def _notes(issued: IssuedDocument) -> list[str]:
    """What stands below the sums, a paragraph each."""
    document = issued.document
    found = [*reasons_of(issued)]
    if document.payment:
        found.extend(_payment(document.payment))
    if document.delivery and (place := _place(document.delivery)):
        found.append(f"Delivered to: {place}")
    return [*found, *(text(note) for note in (document.reason, document.note) if note.strip())]


def _payment(payment: Payment) -> list[str]:
    named = (
        ("Payment", MEANS.get(payment.means_code, payment.means_code)),
        ("Payment terms", payment.terms),
        ("Account", payment.iban),
        ("Payment reference", payment.reference),
    )
    return [f"{name}: {text(value)}" for name, value in named if value.strip()]


def _place(delivery: Delivery) -> str:
    return ", ".join(text(each) for each in (delivery.name, *_address(delivery)) if each.strip())


def _party(party: Party) -> dict[str, Any]:
    contact = party.contact or Contact()
    ways = [contact.name, contact.phone, contact.email, party.email if party.email != contact.email else ""]
    if party.registration:
        ways.append(f"Registration {party.registration}")
    if address := party.electronic_address:
        ways.append(f"E-invoices to {address.scheme}:{address.value}")
    return {
        "name": text(party.name),
        "address": [text(each) for each in _address(party) if each.strip()],
        "contact": [text(each) for each in ways if each.strip()],
        "vat_id": text(vat_identifier(party)),
    }


def _address(place: Party | Delivery) -> tuple[str, ...]:
    city = " ".join(part for part in (place.postcode, place.city) if part)
    return (place.street, place.street2, city, place.region, place.country)


def _line(position: int, line: Line, currency: str) -> dict[str, Any]:
    return {
        "position": str(position),
        "description": text(line.description),
        "code": text(line.product_code),
        "quantity": number(line.quantity),
        "price": price(line.unit_price, currency),
        "rate": rate_of(line.vat_rate, line.category),
        "net": amount(line.net, currency),
        "allowances": [
            f"{text(each.reason) or 'Allowance'} {amount(-each.amount, currency)}" for each in line.allowances
        ],
    }
