"""Checks the details of a seller before there is a document: what all its e-invoices would lack."""

from __future__ import annotations

from collections.abc import Iterator

from invoices.documents.types import Party
from invoices.validation import profiles
from invoices.validation.en16931 import find_missing_of_party
from invoices.validation.finding import Finding
from invoices.validation.profiles import Profile

# EN 16931 is content with a country; article 226 (5) of Directive 2006/112/EC wants the full address on every invoice.
FULL_ADDRESS = "2006/112/EC-226-5"
_ADDRESS = {"street": "street and number", "postcode": "postcode", "city": "city"}


def find_missing_of_seller(seller: Party, profile: Profile = Profile.EN16931) -> list[Finding]:
    """What invoices with VAT by this seller would lack in `profile`; empty when nothing is missing."""
    found = [*find_missing_of_party("seller", seller, "BR-06", "BR-09"), *_address(seller), *_vat_number(seller)]
    # A field that is missing is named once, by the rule that all invoices keep.
    known = {finding.field for finding in found}
    return found + [each for each in profiles.find_missing_of_seller(seller, profile) if each.field not in known]


def _address(seller: Party) -> Iterator[Finding]:
    for name, title in _ADDRESS.items():
        if not getattr(seller, name).strip():
            message = f"the seller's {title} is missing; an invoice has the full address of the seller"
            yield Finding(field=f"seller.{name}", rule=FULL_ADDRESS, message=message)


def _vat_number(seller: Party) -> Iterator[Finding]:
    if not seller.vat_id.strip():
        message = "the seller's VAT number is missing, which every invoice with VAT needs"
        yield Finding(field="seller.vat_id", rule="BR-S-02", message=message)
