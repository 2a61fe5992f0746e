"""Buyer and delivery address of a WooCommerce order."""

from __future__ import annotations

from integrations.woocommerce.values import Json, meta, text
from invoices.documents.types import Delivery, Party
from orders import parties

# Where plugins keep the VAT number of the buyer.
_VAT_NUMBERS = ("_billing_vat_number", "_vat_number", "billing_eu_vat_number")


def buyer_of(order: Json) -> Party:
    """The company of the billing address, else the person, else a guest."""
    billing, values = order.get("billing") or {}, meta(order)
    return parties.buyer(
        _address(billing),
        vat_id=next((found for key in _VAT_NUMBERS if (found := text(values.get(key)))), ""),
        email=text(billing.get("email")),
        external_id=str(order["customer_id"]) if order.get("customer_id") else "",
    )


def delivery_of(order: Json) -> Delivery | None:
    """The shipping address; None where the order has none."""
    return parties.delivery(_address(order.get("shipping") or {}))


def is_tax_exempt(order: Json) -> bool:
    return meta(order).get("is_vat_exempt") == "yes"


def _address(address: Json) -> parties.Address:
    return parties.Address(
        person=text(f"{address.get('first_name') or ''} {address.get('last_name') or ''}", 255),
        company=text(address.get("company"), 255),
        street=text(address.get("address_1")),
        street2=text(address.get("address_2")),
        city=text(address.get("city")),
        postcode=text(address.get("postcode")),
        region=text(address.get("state")),
        country=text(address.get("country")),
    )
