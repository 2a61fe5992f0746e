"""Proves that nothing of an incoming e-invoice is lost: what was read is written again and compared, text by text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from imports.reading.einvoices.trees import LOCAL
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import Terms
from invoices.einvoice.writer import write_xml

Texts = Counter[tuple[str, str]]
_NUMBERS = re.compile("(Amount|Quantity|Percent|Numeric)$")
# The attributes that are part of EN 16931; all others name code lists and agencies.
_ATTRIBUTES = re.compile(
    "(EndpointID|URIID|GlobalID|(PartyIdentification|DeliveryLocation|DocumentReference|StandardItemIdentification"
    "|SpecifiedLegalOrganization)/ID|PartyLegalEntity/CompanyID)@schemeID$"
    "|Quantity@unitCode$|(ItemClassificationCode|ClassCode)@(listID|listVersionID)$|BinaryObject@(mimeCode|filename)$"
    "|PaymentMeansCode@name$"
)
_LINES = ("InvoiceLine", "CreditNoteLine", "IncludedSupplyChainTradeLineItem")
# The specification is that of the profile that the document is sent in; the rest is the same in every document.
_NOT_COMPARED = re.compile(
    "/(UBLVersionID|CustomizationID|ChargeIndicator|TestIndicator|ChargeIndicator/Indicator)$"
    "|GuidelineSpecifiedDocumentContextParameter/ID$"
)
_ALWAYS_VAT = re.compile("(TaxScheme/ID|TradeTax/TypeCode)$")
# An amount of zero says as much as no amount.
_MAY_BE_ZERO = re.compile(
    "/(AllowanceTotalAmount|ChargeTotalAmount|PrepaidAmount|TotalPrepaidAmount|PayableRoundingAmount|RoundingAmount"
    "|Percent|RateApplicablePercent)$"
)


def find_lost(root: Any, terms: Terms, syntax: Syntax) -> list[str]:
    """What `root` says and `terms` do not, each as its place and text; raises `ValueError` for terms that cannot be written."""
    written = etree.fromstring(write_xml(terms, syntax))
    lost = _texts_of(root) - _texts_of(written)
    return [f"{place.strip('/')} {text[:60]!r}" for place, text in lost]


def _texts_of(root: Any) -> Texts:
    return Counter(_walk(root, "", 0))


def _walk(element: Any, above: str, position: int) -> Iterator[tuple[str, str]]:
    name = element.tag.rpartition("}")[2]
    # A bank account may be written in two ways, and a tax number that is not for VAT in many.
    name = "IBANID" if name == "ProprietaryID" else name
    place = f"{above}/{name}[{position}]" if name in _LINES else f"{above}/{name}"
    text = (element.text or "").strip()
    if place.endswith("PartyTaxScheme/TaxScheme/ID") and text != "VAT":
        text = LOCAL
    if not len(element) and text and not _is_left_out(place, text):
        yield place, _normal(name, text)
    for attribute, value in element.attrib.items() if text else ():
        if _ATTRIBUTES.search(f"{place}@{attribute}"):
            yield f"{place}@{attribute}", value.strip()
    lines = 0
    for child in element:
        lines += child.tag.rpartition("}")[2] in _LINES
        yield from _walk(child, place, lines)


def _is_left_out(place: str, text: str) -> bool:
    if _NOT_COMPARED.search(place) or (text == "VAT" and _ALWAYS_VAT.search(place)):
        return True
    return bool(_MAY_BE_ZERO.search(place)) and _normal(place, text) == "0"


def _normal(name: str, text: str) -> str:
    if not _NUMBERS.search(name):
        return "".join(text.split()) if name.endswith("BinaryObject") else " ".join(text.split())
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return f"{number.normalize():f}" if number else "0"
