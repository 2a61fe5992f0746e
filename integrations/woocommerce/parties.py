"""Buyer and delivery address of a WooCommerce order."""

from __future__ import annotations

import re

from integrations.woocommerce.values import Json, meta, text
from invoices.documents.types import Contact, Delivery, Party

GUEST = "Guest"
# Where plugins keep the VAT number of the buyer.
_VAT_NUMBERS = ("_billing_vat_number", "_vat_number", "billing_eu_vat_number")
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def buyer_of(order: Json) -> Party:
    """The company of the billing address, else the person, else a guest."""
    billing = order.get("billing") or {}
    person, company = _person(billing), text(billing.get("company"), 255)
    values = meta(order)
    return Party(
        name=company or person or GUEST,
        street=text(billing.get("address_1")),
        street2=text(billing.get("address_2")),
        city=text(billing.get("city")),
        postcode=text(billing.get("postcode")),
        region=text(billing.get("state")),
        country=_country(billing),
        vat_id=next((found for key in _VAT_NUMBERS if (found := text(values.get(key)))), ""),
        email=text(billing.get("email")),
        external_id=str(order["customer_id"]) if order.get("customer_id") else "",
        contact=Contact(name=person) if company and person else None,
    )


def delivery_of(order: Json) -> Delivery | None:
    """The shipping address; None where the order has none."""
    shipping = order.get("shipping") or {}
    country = _country(shipping)
    if not country:
        return None
    return Delivery(
        name=text(shipping.get("company"), 255) or _person(shipping),
        street=text(shipping.get("address_1")),
        street2=text(shipping.get("address_2")),
        postcode=text(shipping.get("postcode")),
        city=text(shipping.get("city")),
        region=text(shipping.get("state")),
        country=country,
    )


def is_tax_exempt(order: Json) -> bool:
    return meta(order).get("is_vat_exempt") == "yes"


def _person(address: Json) -> str:
    return text(f"{address.get('first_name') or ''} {address.get('last_name') or ''}", 255)


def _country(address: Json) -> str:
    country = text(address.get("country"))
    return country if _COUNTRY.fullmatch(country) else ""
