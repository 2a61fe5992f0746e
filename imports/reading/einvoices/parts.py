"""Parties, delivery, payment, allowances and VAT of an e-invoice, as the parts of a document."""

from __future__ import annotations

from typing import Any

from imports.reading.einvoices.values import amount_of, category_of, day_of, rate_of, text_of
from invoices.documents.types import (
    Allowance,
    Contact,
    Delivery,
    ElectronicAddress,
    GivenVat,
    Party,
    Payment,
    Preceding,
)

Terms = dict[str, Any]
_PLACE = {
    "street": "addr_l1", "street2": "addr_l2", "city": "city", "postcode": "postcode", "region": "country_subdivision",
    "country": "country_code",
}  # fmt: skip


def party_of(terms: Terms) -> Party:
    """A seller or buyer. An identifier of a scheme, and what else a document has no field for, stays a further term."""
    contacts = terms.get("contacts") or [{}]
    contact = {name: text_of(contacts[0], name) for name in ("name", "phone", "email")}
    address = text_of(terms, "einvoicing_addr"), text_of(terms, "einvoicing_addr_schemeid")
    return Party(
        name=text_of(terms, "name") or text_of(terms, "biz_name"),
        **_place(terms),
        vat_id=text_of(terms, "vat_identifier"),
        external_id=text_of(terms.get("identifiers", {}), ""),
        registration=text_of(terms, "legal_identifier"),
        electronic_address=ElectronicAddress(value=address[0], scheme=address[1]) if all(address) else None,
        contact=Contact(**contact) if any(contact.values()) else None,
    )


def delivery_of(terms: Terms) -> Delivery | None:
    place = terms.get("BG-13", {})
    delivery = Delivery(date=day_of(terms, "BT-72"), name=text_of(place, "name"), **_place(place))
    return None if delivery == Delivery() else delivery


def payment_of(terms: Terms) -> Payment | None:
    payment = Payment(
        means_code=text_of(terms, "BT-81"),
        reference=text_of(terms, "BT-83"),
        terms=text_of(terms, "BT-20"),
        iban=text_of(terms, "BT-84"),
    )
    return None if payment == Payment() else payment


def preceding_of(terms: Terms) -> tuple[Preceding, ...]:
    return tuple(Preceding(number=text_of(each, "BT-25"), date=day_of(each, "BT-26")) for each in terms.get("BG-3", []))


def adjustments_of(several: list[Terms]) -> tuple[Allowance, ...]:
    """Allowances (BG-20) or charges (BG-21); those of zero say nothing."""
    return tuple(_adjustment(each) for each in several if amount_of(each, "amount"))


def vat_of(terms: Terms) -> tuple[GivenVat, ...]:
    """The VAT of each rate and category as it is given."""
    found = []
    for each in terms.get("BG-23", []):
        rate = rate_of(each, "BT-119")
        found.append(
            GivenVat(rate=rate, amount=amount_of(each, "BT-117"), vat_category=category_of(each, "BT-118", rate))
        )
    return tuple(found)


def _place(terms: Terms) -> dict[str, str]:
    return {name: text_of(terms, term) for name, term in _PLACE.items()}


def _adjustment(terms: Terms) -> Allowance:
    rate = rate_of(terms, "vat_rate")
    return Allowance(
        amount=amount_of(terms, "amount"),
        vat_rate=rate,
        vat_category=category_of(terms, "vat_category_code", rate),
        reason=text_of(terms, "reason"),
    )
