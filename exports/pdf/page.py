"""What stands on the page of a document, as texts: the template only places them. No arithmetic beyond formats."""

from __future__ import annotations

from typing import Any

from exports.pdf.formats import amount, number, price, text
from exports.pdf.languages import words_of
from exports.pdf.sums import due_of, rate_of, reasons_of, sums_of, total_of
from exports.pdf.words import Words
from invoices.documents.types import Contact, Delivery, IssuedDocument, Line, Party, Payment
from invoices.validation.en16931 import vat_identifier
from stores.letterhead import PLAIN, Letterhead


def page_of(issued: IssuedDocument, letterhead: Letterhead = PLAIN) -> dict[str, Any]:
    """The texts of the page, for the template."""
    document, words = issued.document, words_of(letterhead.language)
    return {
        "title": words.titles[document.kind],
        "number": text(issued.printed_number),
        "is_test": issued.is_test,
        "seller": _party(document.seller, words),
        "buyer": _party(document.buyer, words),
        "facts": [{"name": name, "value": text(value)} for name, value in _facts(issued, words) if value],
        "lines": [
            _line(position, line, document.currency, words) for position, line in enumerate(document.lines, start=1)
        ],
        "sums": sums_of(issued, words),
        "total": total_of(issued, words),
        "due": due_of(issued, words),
        "notes": _notes(issued, words),
        "words": _words(words, document.currency),
        "colour": letterhead.colour,
        "has_logo": letterhead.logo is not None,
        **{name: _lines_of(getattr(letterhead, name)) for name in ("header", "footer", "payment_note")},
    }


def _words(words: Words, currency: str) -> dict[str, Any]:
    """The words that the template places by itself."""
    page, of, _ = words.page.split("{}")
    return {
        "language": words.code,
        "is_rtl": words.is_rtl,
        "columns": ["", words.description, words.quantity, words.unit_price, words.vat, words.net.format(currency)],
        "page": [page, of],
        "to": words.to,
        "test_stamp": words.test_stamp,
        "test_notice": words.test_notice,
    }


def _facts(issued: IssuedDocument, words: Words) -> list[tuple[str, str]]:
    document = issued.document
    delivered = document.delivery.date if document.delivery else None
    preceding = ", ".join(
        words.number_of_day.format(each.number, words.write_day(each.date)) if each.date else each.number
        for each in document.preceding
    )
    return [
        (words.number, issued.printed_number),
        (words.date, words.write_day(issued.day)),
        (words.due, words.write_day(document.due_date) if document.due_date else ""),
        (words.delivered, words.write_day(delivered) if delivered else ""),
        (words.corrects, issued.corrects_printed or document.corrects or ""),
        (words.refers_to, preceding),
        (words.customer, document.buyer.external_id),
        (words.customer_vat, document.buyer.vat_id),
        (words.your_reference, document.buyer_reference),
        (words.order, document.order_reference),
    ]


def _notes(issued: IssuedDocument, words: Words) -> list[str]:
    """What stands below the sums, a paragraph each."""
    document = issued.document
    found = [*reasons_of(issued, words)]
    if document.payment:
        found.extend(_payment(document.payment, words))
    if document.delivery and (place := _place(document.delivery)):
        found.append(f"{words.delivered_to}: {place}")
    return [*found, *(text(note) for note in (document.reason, document.note) if note.strip())]


def _payment(payment: Payment, words: Words) -> list[str]:
    named = (
        (words.payment, words.means.get(payment.means_code, payment.means_code)),
        (words.payment_terms, payment.terms),
        (words.account, payment.iban),
        (words.payment_reference, payment.reference),
    )
    return [f"{name}: {text(value)}" for name, value in named if value.strip()]


def _place(delivery: Delivery) -> str:
    return ", ".join(text(each) for each in (delivery.name, *_address(delivery)) if each.strip())


def _party(party: Party, words: Words) -> dict[str, Any]:
    contact = party.contact or Contact()
    ways = [contact.name, contact.phone, contact.email, party.email if party.email != contact.email else ""]
    if party.registration:
        ways.append(words.registration.format(party.registration))
    if address := party.electronic_address:
        ways.append(words.e_invoices_to.format(f"{address.scheme}:{address.value}"))
    vat = vat_identifier(party)
    return {
        "name": text(party.name),
        "address": [text(each) for each in _address(party) if each.strip()],
        "contact": [text(each) for each in ways if each.strip()],
        "vat_id": text(words.vat_number.format(vat).replace(" ", "\N{NO-BREAK SPACE}")) if vat.strip() else "",
    }


def _address(place: Party | Delivery) -> tuple[str, ...]:
    city = " ".join(part for part in (place.postcode, place.city) if part)
    return (place.street, place.street2, city, place.region, place.country)


def _line(position: int, line: Line, currency: str, words: Words) -> dict[str, Any]:
    return {
        "position": str(position),
        "description": text(line.description),
        "code": text(line.product_code),
        "quantity": number(line.quantity, words),
        "price": price(line.unit_price, currency, words),
        "rate": rate_of(line.vat_rate, line.category, words),
        "net": amount(line.net, currency, words),
        "allowances": [
            f"{text(each.reason) or words.allowance} {amount(-each.amount, currency, words)}"
            for each in line.allowances
        ],
    }


def _lines_of(value: str) -> list[str]:
    return [text(each) for each in value.splitlines() if each.strip()]
