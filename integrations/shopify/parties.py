"""Buyer and delivery address of a Shopify order."""

from __future__ import annotations

import re

from integrations.shopify.values import Json
from invoices.documents.types import Contact, Delivery, Party
from orders.reading import clean

GUEST = "Guest"
_VAT_NUMBERS = ("vat_number", "vat_id", "vat")
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def buyer_of(order: Json) -> Party:
    """The company of the billing address, else the person, else a guest."""
    customer = order.get("customer") or {}
    billing = order.get("billing_address") or customer.get("default_address") or order.get("shipping_address") or {}
    person = _person(billing) or _person(customer)
    company = clean((order.get("company") or {}).get("name") or billing.get("company"), 255)
    return Party(
        name=company or person or GUEST,
        street=clean(billing.get("address1")),
        street2=clean(billing.get("address2")),
        city=clean(billing.get("city")),
        postcode=clean(billing.get("zip")),
        region=clean(billing.get("province")),
        country=_country(billing),
        vat_id=_vat_id(order),
        email=clean(order.get("email") or order.get("contact_email")),
        external_id=str(customer["id"]) if customer.get("id") else "",
        contact=Contact(name=person) if company and person else None,
    )


def delivery_of(order: Json) -> Delivery | None:
    """The shipping address; None where the order has none."""
    shipping = order.get("shipping_address") or {}
    country = _country(shipping)
    if not country:
        return None
    return Delivery(
        name=clean(shipping.get("company"), 255) or _person(shipping),
        street=clean(shipping.get("address1")),
        street2=clean(shipping.get("address2")),
        postcode=clean(shipping.get("zip")),
        city=clean(shipping.get("city")),
        region=clean(shipping.get("province")),
        country=country,
    )


def is_tax_exempt(order: Json) -> bool:
    return bool(order.get("tax_exempt") or (order.get("customer") or {}).get("tax_exempt"))


def _vat_id(order: Json) -> str:
    """Shops keep the VAT number in a note of the order."""
    notes = {str(each.get("name", "")).lower(): each.get("value") for each in order.get("note_attributes") or []}
    return next((found for name in _VAT_NUMBERS if (found := clean(notes.get(name)))), "")


def _person(address: Json) -> str:
    parts = f"{address.get('first_name') or ''} {address.get('last_name') or ''}"
    return clean(address.get("name") or parts, 255)


def _country(address: Json) -> str:
    country = clean(address.get("country_code"))
    return country if _COUNTRY.fullmatch(country) else ""
