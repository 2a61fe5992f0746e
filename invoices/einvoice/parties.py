"""Seller, buyer and delivery in the terms of EN 16931."""

from __future__ import annotations

from typing import Any

from invoices.documents.types import Contact, Delivery, IssuedDocument, Party
from invoices.einvoice.texts import clean
from invoices.validation.en16931 import is_out_of_scope, vat_identifier

Terms = dict[str, Any]

# What a generated document lacks, so that its XML can be viewed. None of it belongs to a real company.
TEST_COUNTRY, TEST_VAT_ID = "SA", "SA000000000000000"


def seller_of(issued: IssuedDocument) -> Terms:
    party = _party(issued, issued.document.seller)
    if issued.is_test and "vat_identifier" not in party:
        party["vat_identifier"] = TEST_VAT_ID
    return party


def buyer_of(issued: IssuedDocument) -> Terms:
    return _party(issued, issued.document.buyer)


def delivery_of(delivery: Delivery) -> Terms:
    """Day, name and address (BT-72, BG-13)."""
    found: Terms = {}
    if delivery.date:
        found["BT-72"] = delivery.date
    if delivery.name or delivery.country:
        found["BG-13"] = _known({"name": clean(delivery.name), **_address(delivery, delivery.country)})
    return found


def _party(issued: IssuedDocument, party: Party) -> Terms:
    found: Terms = {
        "name": clean(party.name),
        **_address(party, party.country or (TEST_COUNTRY if issued.is_test else "")),
        "legal_identifier": clean(party.registration),
        "vat_identifier": "" if is_out_of_scope(issued.document) else clean(vat_identifier(party)),
    }
    if party.external_id:
        found["identifiers"] = {"": clean(party.external_id)}
    if address := party.electronic_address:
        found |= {"einvoicing_addr": clean(address.value), "einvoicing_addr_schemeid": address.scheme}
    if contact := _contact(party):
        found["contacts"] = [contact]
    return _known(found)


def _address(place: Party | Delivery, country: str) -> Terms:
    return {
        "addr_l1": clean(place.street),
        "addr_l2": clean(place.street2),
        "city": clean(place.city),
        "postcode": clean(place.postcode),
        "country_subdivision": clean(place.region),
        "country_code": country,
    }


def _contact(party: Party) -> Terms:
    contact = party.contact or Contact()
    found = {"name": contact.name, "phone": contact.phone, "email": contact.email or party.email}
    return {term: clean(value) for term, value in found.items() if value}


def _known(found: Terms) -> Terms:
    """What is there. The library wants a name, be it empty."""
    return {term: value for term, value in found.items() if value or term == "name"}
