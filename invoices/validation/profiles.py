"""Checks that a document has the data of the profile that its e-invoice is sent in, before it is issued.

A profile adds rules to EN 16931. Only rules that entered data can break are checked here; the official rules of the profile
are checked on the XML (`exports.einvoice`).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from invoices.documents.types import Contact, Document, Party, Payment, Terms
from invoices.validation import en16931
from invoices.validation.code_lists import CARDS, DIRECT_DEBITS, TRANSFERS
from invoices.validation.finding import Finding


class Profile(StrEnum):
    """The rules that an e-invoice follows. Factur-X is a PDF that contains a CII of EN 16931."""

    EN16931 = "en16931"
    PEPPOL = "peppol"
    XRECHNUNG = "xrechnung"
    FACTURX = "facturx"


def find_missing(document: Document, profile: Profile) -> list[Finding]:
    """The data that `document` lacks for `profile`; empty when nothing is missing."""
    return [*en16931.find_missing(document), *_find_more(document, profile)]


def find_missing_of_seller(seller: Party, profile: Profile) -> list[Finding]:
    """What `seller` lacks for every document of `profile`, beside the data that EN 16931 requires."""
    if profile is Profile.PEPPOL:
        return [*_address("seller", seller, "PEPPOL-EN16931-R020")]
    return [*_german_seller(seller)] if profile is Profile.XRECHNUNG else []


def _find_more(document: Document, profile: Profile) -> Iterator[Finding]:
    yield from find_missing_of_seller(document.seller, profile)
    if profile is Profile.PEPPOL:
        yield from _peppol(document)
    elif profile is Profile.XRECHNUNG:
        yield from _xrechnung(document)


def _peppol(document: Document) -> Iterator[Finding]:
    yield from _address("buyer", document.buyer, "PEPPOL-EN16931-R010")
    if not (document.buyer_reference.strip() or document.order_reference.strip()):
        message = "the buyer's reference or the order's is missing; Peppol needs one of both"
        yield Finding(field="buyer_reference", rule="PEPPOL-EN16931-R003", message=message)


def _address(role: str, party: Party, rule: str) -> Iterator[Finding]:
    address = party.electronic_address
    if address is None:
        message = f"the {role}'s electronic address is missing, to which Peppol delivers"
        yield Finding(field=f"{role}.electronic_address", rule=rule, message=message)
    elif address.scheme.isalpha():
        message = f"{address.scheme[:20]!r} is not a scheme of Peppol: use a number of the EAS list, for example 0088"
        yield Finding(field=f"{role}.electronic_address.scheme", rule="PEPPOL-EN16931-CL008", message=message)


def _xrechnung(document: Document) -> Iterator[Finding]:
    if not document.buyer_reference.strip():
        message = "the buyer's reference is missing: a Leitweg-ID, or what the buyer asks for"
        yield Finding(field="buyer_reference", rule="BR-DE-15", message=message)
    yield from _town("buyer", document.buyer.city, document.buyer.postcode, ("BR-DE-8", "BR-DE-9"))
    if document.delivery and document.delivery.country:
        yield from _town("delivery", document.delivery.city, document.delivery.postcode, ("BR-DE-10", "BR-DE-11"))
    yield from _payment(document.payment, document.terms)


def _german_seller(seller: Party) -> Iterator[Finding]:
    contact = seller.contact or Contact()
    needed = (
        ("name", "name or desk", contact.name, "BR-DE-5"),
        ("phone", "telephone number", contact.phone, "BR-DE-6"),
        ("email", "e-mail address", contact.email or seller.email, "BR-DE-7"),
    )
    for name, title, value, rule in needed:
        if not value.strip():
            message = f"the {title} of the seller's contact is missing"
            yield Finding(field=f"seller.contact.{name}", rule=rule, message=message)
    yield from _town("seller", seller.city, seller.postcode, ("BR-DE-3", "BR-DE-4"))


def _town(role: str, city: str, postcode: str, rules: tuple[str, str]) -> Iterator[Finding]:
    owner = "of delivery" if role == "delivery" else f"of the {role}"
    for name, value, rule in (("city", city, rules[0]), ("postcode", postcode, rules[1])):
        if not value.strip():
            yield Finding(field=f"{role}.{name}", rule=rule, message=f"the {name} {owner} is missing")


def _payment(payment: Payment | None, terms: Terms) -> Iterator[Finding]:
    """The means, and the account, card or mandate that the means uses."""
    if payment is None or not (payment.means_code or payment.reference or payment.iban):
        message = "the means of payment is missing; use a code of UNTDID 4461, for example 58"
        yield Finding(field="payment.means_code", rule="BR-DE-1", message=message)
    elif payment.means_code in TRANSFERS:
        return
    elif payment.means_code in CARDS:
        yield from _only("BT-87", "BR-DE-24", "the last digits of the card", payment, terms)
    elif payment.means_code in DIRECT_DEBITS:
        yield from _only("BT-91", "BR-DE-25", "the account that is debited", payment, terms)


def _only(term: str, rule: str, title: str, payment: Payment, terms: Terms) -> Iterator[Finding]:
    if not terms.get(term):
        message = f"{title} ({term}) is missing, which means {payment.means_code} needs"
        yield Finding(field=f"terms.{term}", rule=f"{rule}-a", message=message)
    if payment.iban.strip():
        message = f"means {payment.means_code} has no account to transfer to; leave it out"
        yield Finding(field="payment.iban", rule=f"{rule}-b", message=message)
