"""Makes the buyer and the delivery address of an order from an address of a shop, whatever its fields are called there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from invoices.documents.types import Contact, Delivery, Party

GUEST = "Guest"
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """An address of a shop. Texts are clean; `country` is what the shop has there, which need not be a code."""

    person: str
    company: str
    street: str
    street2: str
    city: str
    postcode: str
    region: str
    country: str

    @property
    def country_code(self) -> str:
        """The country in two letters; empty where the shop has something else."""
        return self.country if _COUNTRY.fullmatch(self.country) else ""


def buyer(address: Address, *, vat_id: str, email: str, external_id: str) -> Party:
    """The company, else the person, else a guest."""
    return Party(
        name=address.company or address.person or GUEST,
        street=address.street,
        street2=address.street2,
        city=address.city,
        postcode=address.postcode,
        region=address.region,
        country=address.country_code,
        vat_id=vat_id,
        email=email,
        external_id=external_id,
        contact=Contact(name=address.person) if address.company and address.person else None,
    )


def delivery(address: Address) -> Delivery | None:
    """Where goods go; None without a country."""
    if not address.country_code:
        return None
    return Delivery(
        name=address.company or address.person,
        street=address.street,
        street2=address.street2,
        postcode=address.postcode,
        city=address.city,
        region=address.region,
        country=address.country_code,
    )
