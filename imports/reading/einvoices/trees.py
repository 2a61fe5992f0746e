"""Prepares the tree of an e-invoice for the `factur-x` library, which does not read all spellings of a term."""

from __future__ import annotations

from typing import Any

from lxml import etree

from invoices.einvoice.repairs import CAC, CBC, GROSS_PRICE, LINE, RAM

# UNTDID 1001: an attachment, where it is said; the object that a line is about.
_ATTACHMENT, _OBJECT = "916", "130"
# How the library marks a tax number that is not for VAT. EN 16931 allows every other word.
LOCAL = "LOC"
_INDICATOR = "{urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100}Indicator"
# XML Schema has two ways to write a truth value.
_WORDS = {"0": "false", "1": "true", "false": "false", "true": "true"}
_PARTIES = {
    "BG-4": (f"{CAC}AccountingSupplierParty/{CAC}Party", f".//{RAM}SellerTradeParty"),
    "BG-7": (f"{CAC}AccountingCustomerParty/{CAC}Party", f".//{RAM}BuyerTradeParty"),
}
_NET_PRICE = f"{RAM}SpecifiedLineTradeAgreement/{RAM}NetPriceProductTradePrice"
_REFERENCES_OF_LINES = (
    (f"{CAC}InvoiceLine/{CAC}DocumentReference", f"{CBC}ID", f"{CBC}DocumentTypeCode"),
    (f"{CAC}CreditNoteLine/{CAC}DocumentReference", f"{CBC}ID", f"{CBC}DocumentTypeCode"),
    (
        f".//{RAM}SpecifiedLineTradeSettlement/{RAM}AdditionalReferencedDocument",
        f"{RAM}IssuerAssignedID",
        f"{RAM}TypeCode",
    ),
)
_IDENTIFIERS = (f"{CAC}PartyIdentification/{CBC}ID", f"{RAM}ID", f"{RAM}GlobalID")


def normalize(tree: Any) -> None:
    """Write the tree of a document as the library reads it."""
    for indicator in [*tree.iter(f"{CBC}ChargeIndicator"), *tree.iter(_INDICATOR)]:
        indicator.text = _WORDS.get((indicator.text or "").strip(), indicator.text)
    for code in list(tree.iter(f"{CBC}DocumentTypeCode")):
        if (code.text or "").strip() == _ATTACHMENT:
            code.getparent().remove(code)
    for scheme in tree.iterfind(f".//{CAC}PartyTaxScheme/{CAC}TaxScheme/{CBC}ID"):
        if (scheme.text or "").strip() != "VAT":
            scheme.text = LOCAL
    for path, identifier, code in _REFERENCES_OF_LINES:
        for reference in tree.iterfind(path):
            if reference.find(code) is None and (found := reference.find(identifier)) is not None:
                found.addnext(_element(code, _OBJECT))


def gross_bases_of(tree: Any) -> dict[int, str]:
    """The base quantity of the gross price of CII, by the position of the line, where the net price has another."""
    found = {}
    for position, line in enumerate(tree.iterfind(f".//{LINE}"), start=1):
        gross, net = (line.findtext(f"{path}/{RAM}BasisQuantity", "").strip() for path in (GROSS_PRICE, _NET_PRICE))
        if gross and gross != net:
            found[position] = gross
    return found


def identifiers_of(tree: Any, group: str) -> dict[str, dict[str, str]]:
    """The identifiers of a party by scheme; a second one of the same scheme is marked with its place (`~2`)."""
    found: dict[str, str] = {}
    party = next((one for path in _PARTIES[group] if (one := tree.find(path)) is not None), None)
    if party is None:
        return {}
    for path in _IDENTIFIERS:
        for element in party.findall(path):
            scheme = (element.get("schemeID") or "").strip()
            place = sum(each.partition("~")[0] == scheme for each in found) + 1
            found[scheme if place == 1 else f"{scheme}~{place}"] = (element.text or "").strip()
    return {"identifiers": found} if found else {}


def _element(name: str, text: str) -> Any:
    element = etree.Element(name)
    element.text = text
    return element
