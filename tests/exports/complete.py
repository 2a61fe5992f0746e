"""Documents of every kind with all data that Peppol and XRechnung ask for, and those data, one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from invoices.documents.types import Document, ElectronicAddress, IssuedDocument, Payment
from tests.exports.samples import KINDS, RICH_BUYER, RICH_SELLER, TRANSFER

ADDRESS = ElectronicAddress(scheme="0088", value="4012345000009")
LEITWEG = "04011000-12345-34"
# Greek sellers put the parts of the Greek numbering into each number, and a card has digits that documents do not have.
REFUSED = {"no prefix": ("peppol", "number"), "all prepaid": ("xrechnung", "terms.BT-87")}
# Generated documents have no addresses.
GENERATED = "generated"


def completed(one: IssuedDocument) -> IssuedDocument:
    """The document of this kind with what the profiles ask for."""
    document = one.document
    seller = replace(RICH_SELLER, **_kept(document.seller, "name", "country", "vat_id"))
    buyer = replace(RICH_BUYER, electronic_address=ADDRESS, **_kept(document.buyer, "name", "country"))
    payment = document.payment or Payment()
    is_paid = payment.means_code or payment.iban or payment.reference
    delivery = document.delivery
    if delivery and delivery.country:
        delivery = replace(delivery, city="Paris", postcode="75001")
    complete = replace(
        document,
        seller=seller,
        buyer=buyer,
        delivery=delivery,
        payment=payment if is_paid else replace(TRANSFER, terms=payment.terms),
        buyer_reference=document.buyer_reference or LEITWEG,
    )
    return replace(one, document=complete)


def _kept(record: Any, *names: str) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(record, name))}


COMPLETE = {kind: completed(one) for kind, one in KINDS.items() if kind != GENERATED}


def _without(role: str, **changes: Any) -> Callable[[Document], Document]:
    def change(document: Document) -> Document:
        return replace(document, **{role: replace(getattr(document, role), **changes)})

    return change


def _without_contact(name: str) -> Callable[[Document], Document]:
    def change(document: Document) -> Document:
        contact = replace(document.seller.contact, **{name: ""})  # type: ignore[type-var]
        return replace(document, seller=replace(document.seller, contact=contact, email=""))

    return change


# What is taken away, the field that is named then, and the rule: of EN 16931, which all profiles keep, and of each one.
OF_ALL: list[tuple[Callable[[Document], Document], str, str]] = [
    (_without("seller", vat_id=""), "seller.vat_id", "BR-S-02"),
    (_without("seller", country=""), "seller.country", "BR-09"),
    (_without("seller", name=" "), "seller.name", "BR-06"),
    (_without("buyer", country=""), "buyer.country", "BR-11"),
    (_without("buyer", name=" "), "buyer.name", "BR-07"),
    (_without("buyer", country="XX"), "buyer.country", "BR-CL-14"),
    (lambda one: replace(one, currency="STN"), "currency", "BR-CL-04"),
    (
        lambda one: replace(one, lines=(*one.lines, replace(one.lines[0], description=" "))),
        "lines.1.description",
        "BR-25",
    ),
    (lambda one: replace(one, payment=Payment(means_code="58")), "payment.iban", "BR-61"),
    (lambda one: replace(one, payment=Payment(means_code="0")), "payment.means_code", "BR-CL-16"),
]
OF_PROFILES: dict[str, list[tuple[Callable[[Document], Document], str, str]]] = {
    "peppol": [
        (_without("seller", electronic_address=None), "seller.electronic_address", "PEPPOL-EN16931-R020"),
        (_without("buyer", electronic_address=None), "buyer.electronic_address", "PEPPOL-EN16931-R010"),
        (
            _without("buyer", electronic_address=ElectronicAddress(scheme="EM", value="a@b.example")),
            "buyer.electronic_address.scheme",
            "PEPPOL-EN16931-CL008",
        ),
        (lambda one: replace(one, buyer_reference="", order_reference=""), "buyer_reference", "PEPPOL-EN16931-R003"),
    ],
    "xrechnung": [
        (lambda one: replace(one, payment=None), "payment.means_code", "BR-DE-1"),
        (lambda one: replace(one, buyer_reference=""), "buyer_reference", "BR-DE-15"),
        (_without("seller", city=""), "seller.city", "BR-DE-3"),
        (_without("seller", postcode=""), "seller.postcode", "BR-DE-4"),
        (_without_contact("name"), "seller.contact.name", "BR-DE-5"),
        (_without_contact("phone"), "seller.contact.phone", "BR-DE-6"),
        (_without_contact("email"), "seller.contact.email", "BR-DE-7"),
        (_without("buyer", city=""), "buyer.city", "BR-DE-8"),
        (_without("buyer", postcode=""), "buyer.postcode", "BR-DE-9"),
        (lambda one: replace(one, payment=Payment(means_code="48")), "terms.BT-87", "BR-DE-24-a"),
        (lambda one: replace(one, payment=Payment(means_code="59")), "terms.BT-91", "BR-DE-25-a"),
    ],
    "facturx": [],
    "en16931": [],
}
# The kinds that are broken in each way.
MUTATED_KINDS = ("one line", "credit note", "many rates", "VAT as given")
