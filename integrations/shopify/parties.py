"""Buyer and delivery address of a Shopify order."""

from __future__ import annotations

from dataclasses import replace

from integrations.shopify.values import Json
from invoices.documents.types import Delivery, Party
from orders import parties
from orders.reading import clean

_VAT_NUMBERS = ("vat_number", "vat_id", "vat")


def buyer_of(order: Json) -> Party:
    """The company of the billing address, else the person, else a guest."""
    customer = order.get("customer") or {}
    billing = order.get("billing_address") or customer.get("default_address") or order.get("shipping_address") or {}
    address = _address(billing)
    company = clean((order.get("company") or {}).get("name") or billing.get("company"), 255)
    return parties.buyer(
        replace(address, company=company, person=address.person or _person(customer)),
        vat_id=_vat_id(order),
        email=clean(order.get("email") or order.get("contact_email")),
        external_id=str(customer["id"]) if customer.get("id") else "",
    )


def delivery_of(order: Json) -> Delivery | None:
    """The shipping address; None where the order has none."""
    return parties.delivery(_address(order.get("shipping_address") or {}))


def is_tax_exempt(order: Json) -> bool:
    return bool(order.get("tax_exempt") or (order.get("customer") or {}).get("tax_exempt"))


def without_names(order: Json) -> Json:
    """The order, of whose customer only the id and the exemption are left."""
    customer = order.get("customer") or {}
    return {**order, "customer": {name: customer.get(name) for name in ("id", "tax_exempt")}}


def _vat_id(order: Json) -> str:
    """Shops keep the VAT number in a note of the order."""
    notes = {str(each.get("name", "")).lower(): each.get("value") for each in order.get("note_attributes") or []}
    return next((found for name in _VAT_NUMBERS if (found := clean(notes.get(name)))), "")


def _address(address: Json) -> parties.Address:
    return parties.Address(
        person=_person(address),
        company=clean(address.get("company"), 255),
        street=clean(address.get("address1")),
        street2=clean(address.get("address2")),
        city=clean(address.get("city")),
        postcode=clean(address.get("zip")),
        region=clean(address.get("province")),
        country=clean(address.get("country_code")),
    )


def _person(address: Json) -> str:
    parts = f"{address.get('first_name') or ''} {address.get('last_name') or ''}"
    return clean(address.get("name") or parts, 255)
