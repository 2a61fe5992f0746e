"""Checks that a document has the data that EN 16931 requires, before it is issued.

Only rules that entered data can break are checked here; the whole standard is checked on the XML (`exports.einvoice`).
"""

from __future__ import annotations

from collections.abc import Iterator

from invoices.documents.types import Category, Delivery, Document, Party, Payment
from invoices.validation.code_lists import (
    ADDRESS_SCHEMES,
    COUNTRIES,
    PAYMENT_MEANS,
    TRANSFERS,
    UNLISTED_CURRENCIES,
    VAT_PREFIXES,
)
from invoices.validation.finding import Finding

# The code (BT-121) and text (BT-120) that say why there is no VAT, where the document gives no text of its own.
USUAL_REASONS = {
    Category.EXEMPT: ("", "Exempt from VAT"),
    Category.REVERSE_CHARGE: ("VATEX-EU-AE", "Reverse charge"),
    Category.INTRA_COMMUNITY: ("VATEX-EU-IC", "Intra-community supply"),
    Category.EXPORT: ("VATEX-EU-G", "Export outside the EU"),
    Category.OUT_OF_SCOPE: ("VATEX-EU-O", "Not subject to VAT"),
}
_SELLER_RULES = {
    Category.STANDARD: "BR-S-02",
    Category.ZERO: "BR-Z-02",
    Category.EXEMPT: "BR-E-02",
    Category.REVERSE_CHARGE: "BR-AE-02",
    Category.INTRA_COMMUNITY: "BR-IC-02",
    Category.EXPORT: "BR-G-02",
}


def find_missing(document: Document) -> list[Finding]:
    """The data that `document` lacks for EN 16931; empty when nothing is missing."""
    return [
        *_currency(document.currency),
        *find_missing_of_party("seller", document.seller, "BR-06", "BR-09"),
        *_seller(document),
        *find_missing_of_party("buyer", document.buyer, "BR-07", "BR-11"),
        *_buyer(document),
        *_categories(document),
        *_delivery(document.delivery),
        *_payment(document.payment),
        *_lines(document),
    ]


def vat_identifier(party: Party) -> str:
    """The VAT number as EN 16931 writes it, with its country's letters in front (BR-CO-09)."""
    number = "".join(party.vat_id.split()).upper()
    if not number or number[:2] in VAT_PREFIXES:
        return number
    return ("EL" if party.country == "GR" else party.country) + number


def categories_of(document: Document) -> set[str]:
    """The VAT categories of lines, allowances and charges."""
    return {line.category for line in document.lines} | {
        each.category for each in (*document.allowances, *document.charges)
    }


def is_out_of_scope(document: Document) -> bool:
    """Whether it is not subject to VAT: then it names no VAT number (BR-O-02)."""
    return Category.OUT_OF_SCOPE in categories_of(document)


def usual_reason(category: str) -> tuple[str, str]:
    """Code and text for a category; both empty for S and Z, which have none (BR-S-10, BR-Z-10)."""
    return USUAL_REASONS.get(Category(category), ("", ""))


def _currency(code: str) -> Iterator[Finding]:
    if code in UNLISTED_CURRENCIES:
        message = f"{code} is not in the code list of e-invoices; use another currency"
        yield Finding(field="currency", rule="BR-CL-04", message=message)


def find_missing_of_party(field: str, party: Party, name_rule: str, country_rule: str) -> Iterator[Finding]:
    """What a seller or buyer lacks, whatever was sold. `field` names the party in the findings."""
    if not party.name.strip():
        yield Finding(field=f"{field}.name", rule=name_rule, message=f"the {field}'s name is missing")
    if not party.country:
        message = f"the {field}'s country is missing; write it as two letters (ISO 3166-1), as in DE"
        yield Finding(field=f"{field}.country", rule=country_rule, message=message)
    else:
        yield from _country(f"{field}.country", party.country)
    address = party.electronic_address
    if address is not None and address.scheme not in ADDRESS_SCHEMES:
        message = f"{address.scheme[:20]!r} is not a valid scheme: use a code of the EAS list, for example 0088 or EM"
        yield Finding(field=f"{field}.electronic_address.scheme", rule="BR-CL-25", message=message)


def _country(field: str, country: str) -> Iterator[Finding]:
    if country not in COUNTRIES:
        message = f"{country[:20]!r} is not a country; write two capital letters (ISO 3166-1), as in DE"
        yield Finding(field=field, rule="BR-CL-14", message=message)


def _seller(document: Document) -> Iterator[Finding]:
    seller = document.seller
    if is_out_of_scope(document):
        if not (seller.registration.strip() or seller.external_id.strip()):
            message = "the seller's registration is missing: without VAT, no VAT number identifies the seller"
            yield Finding(field="seller.registration", rule="BR-CO-26", message=message)
    elif not (seller.vat_id.strip() or _has_tax_identifier(document)):
        rule = next((rule for category, rule in _SELLER_RULES.items() if category in categories_of(document)), "")
        yield Finding(field="seller.vat_id", rule=rule, message="the seller's VAT number is missing")


def _has_tax_identifier(document: Document) -> bool:
    """Whether a local tax number (BT-32) or a tax representative (BG-11) stands in for the VAT number."""
    return bool(document.terms.get("BG-4", {}).get("tax_identifier") or document.terms.get("BG-11"))


def _buyer(document: Document) -> Iterator[Finding]:
    """The buyer's numbers that reverse charge and intra-community supply require."""
    buyer, categories = document.buyer, categories_of(document)
    if buyer.vat_id.strip():
        return
    if Category.INTRA_COMMUNITY in categories:
        message = "the buyer's VAT number is missing, which category K needs"
        yield Finding(field="buyer.vat_id", rule="BR-IC-02", message=message)
    elif Category.REVERSE_CHARGE in categories and not buyer.registration.strip():
        message = "the buyer's VAT number or registration is missing, which category AE needs"
        yield Finding(field="buyer.vat_id", rule="BR-AE-02", message=message)


def _categories(document: Document) -> Iterator[Finding]:
    categories = categories_of(document)
    if Category.OUT_OF_SCOPE in categories and len(categories) > 1:
        message = "category O (not subject to VAT) stands alone; put the rest on another document"
        yield Finding(field="lines", rule="BR-O-11", message=message)
    if Category.INTRA_COMMUNITY in categories:
        delivery = document.delivery
        if delivery is None or delivery.date is None:
            message = "the day of delivery is missing, which category K needs"
            yield Finding(field="delivery.date", rule="BR-IC-11", message=message)
        if delivery is None or not delivery.country:
            message = "the country of delivery is missing, which category K needs"
            yield Finding(field="delivery.country", rule="BR-IC-12", message=message)


def _delivery(delivery: Delivery | None) -> Iterator[Finding]:
    if delivery is None:
        return
    is_address = any((delivery.street, delivery.street2, delivery.postcode, delivery.city, delivery.region))
    if delivery.country:
        yield from _country("delivery.country", delivery.country)
    elif is_address:
        message = "the country of delivery is missing; an address has one"
        yield Finding(field="delivery.country", rule="BR-57", message=message)


def _payment(payment: Payment | None) -> Iterator[Finding]:
    if payment is None:
        return
    if payment.means_code and payment.means_code not in PAYMENT_MEANS:
        message = f"{payment.means_code!r} is not a valid means of payment: use a code of UNTDID 4461, for example 58"
        yield Finding(field="payment.means_code", rule="BR-CL-16", message=message)
    if payment.means_code in TRANSFERS and not payment.iban.strip():
        message = "the account is missing, which a credit transfer needs"
        yield Finding(field="payment.iban", rule="BR-61", message=message)


def _lines(document: Document) -> Iterator[Finding]:
    for index, line in enumerate(document.lines):
        if not line.description.strip():
            message = "the line says nothing about what was sold; describe it"
            yield Finding(field=f"lines.{index}.description", rule="BR-25", message=message)
