"""Names the field of a document that an official rule is about, by the rule's id or else by its place in the XML."""

from __future__ import annotations

import re

# Rules about something that is missing: their place in the XML is the element above it.
_OF_RULES = {
    "PEPPOL-EN16931-R003": "buyer_reference",
    "PEPPOL-EN16931-R010": "buyer.electronic_address",
    "PEPPOL-EN16931-R020": "seller.electronic_address",
    "PEPPOL-EN16931-R061": "terms.BT-89",
    "PEPPOL-EN16931-P0112": "terms.BT-3",
    "1": "payment.means_code", "2": "seller.contact", "3": "seller.city", "4": "seller.postcode",
    "5": "seller.contact.name", "6": "seller.contact.phone", "7": "seller.contact.email", "8": "buyer.city",
    "9": "buyer.postcode", "10": "delivery.city", "11": "delivery.postcode", "15": "buyer_reference",
    "16": "seller.vat_id", "18": "payment.terms", "22": "terms.BG-24", "23": "payment.iban", "24": "terms.BT-87",
    "25": "terms.BT-91", "26": "preceding", "30": "terms.BT-90", "31": "terms.BT-91",
    "DK-R-002": "seller.registration", "DK-R-005": "payment.means_code", "DK-R-014": "seller.registration",
    "GR-R-001": "number", "GR-R-002": "terms.BG-4.biz_name", "GR-R-003": "seller.vat_id", "GR-R-004": "terms.BG-24",
    "GR-R-005": "terms.BG-7.biz_name", "GR-R-006": "buyer.vat_id", "GR-R-009": "seller.electronic_address",
    "GR-R-010": "buyer.electronic_address",
    "IS-R-002": "seller.registration", "IS-R-003": "seller.street", "IS-R-004": "buyer.registration",
    "IS-R-005": "buyer.street", "IT-R-001": "terms.BG-4.tax_identifier", "IT-R-002": "seller.street",
    "IT-R-003": "seller.city", "IT-R-004": "seller.postcode",
    "NL-R-001": "preceding", "NL-R-002": "seller.street", "NL-R-003": "seller.registration", "NL-R-004": "buyer.street",
    "NL-R-005": "buyer.registration", "NL-R-007": "payment.means_code", "NL-R-008": "payment.means_code",
    "NL-R-009": "order_reference", "NO-R-001": "seller.vat_id", "SE-R-001": "seller.vat_id", "SE-R-002": "seller.vat_id",
    "SE-R-003": "seller.registration", "SE-R-004": "seller.registration", "SE-R-013": "seller.registration",
    "SE-R-005": "terms.BG-4.tax_identifier", "SE-R-006": "lines",
}  # fmt: skip
# Peppol has the German rules under names of its own, `DE-R-015` for `BR-DE-15`.
_GERMAN = re.compile(r"(?:BR-DE|DE-R)-0*(\d+)(?:-\w+)?")
_VARIANT = re.compile(r"^([A-Z]{2}-R-\d{3})-\d$")
# The first that is in the place counts.
_PLACES = (
    (r"(?:Invoice|CreditNote)Line\[(\d+)\]|IncludedSupplyChainTradeLineItem\[(\d+)\]", "lines.{}"),
    (r"AccountingSupplierParty.*EndpointID|SellerTradeParty.*URIUniversalCommunication", "seller.electronic_address"),
    (r"AccountingCustomerParty.*EndpointID|BuyerTradeParty.*URIUniversalCommunication", "buyer.electronic_address"),
    (r"AccountingSupplierParty.*PartyTaxScheme|SellerTradeParty.*SpecifiedTaxRegistration", "seller.vat_id"),
    (r"AccountingCustomerParty.*PartyTaxScheme|BuyerTradeParty.*SpecifiedTaxRegistration", "buyer.vat_id"),
    (r"AccountingSupplierParty.*Contact|SellerTradeParty.*DefinedTradeContact", "seller.contact"),
    (r"AccountingSupplierParty|SellerTradeParty", "seller"),
    (r"AccountingCustomerParty|BuyerTradeParty", "buyer"),
    (r"PayeeParty|PayeeTradeParty", "terms.BG-10"),
    (r"TaxRepresentative", "terms.BG-11"),
    (r"PaymentMeans", "payment"),
    (r"PaymentTerms", "payment.terms"),
    (r"Delivery", "delivery"),
    (r"AllowanceCharge", "allowances"),
    (r"TaxTotal|ApplicableTradeTax", "vat"),
    (r"AdditionalDocumentReference|AdditionalReferencedDocument", "terms.BG-24"),
    (r"BillingReference|InvoiceReferencedDocument", "preceding"),
    (r"InvoicePeriod|BillingSpecifiedPeriod", "terms.BT-73"),
    (r"TypeCode", "kind"),
    (r"Note\b", "note"),
    (r"CurrencyCode", "currency"),
    (r"MonetaryTotal|MonetarySummation", "total_amount"),
)
_INDEX = re.compile(r"\*:(\w+)\[namespace-uri\(\)='[^']*'\]|Q\{[^}]*\}(\w+)")


def field_of(rule: str, location: str) -> str:
    """The field that broke `rule`; the place itself where no field is known."""
    if not location.startswith("/"):
        return location
    german = _GERMAN.fullmatch(rule)
    variant = _VARIANT.sub(r"\1", rule)
    return _OF_RULES.get(german.group(1) if german else variant) or _of_place(location)


def _of_place(location: str) -> str:
    """The location of a report, whose names have namespaces in one of two ways."""
    plain = _INDEX.sub(lambda found: found.group(1) or found.group(2), location)
    for pattern, name in _PLACES:
        if found := re.search(pattern, plain):
            positions = [int(each) - 1 for each in found.groups() if each]
            return name.format(*positions)
    return plain
