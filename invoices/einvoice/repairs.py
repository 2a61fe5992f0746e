"""Completes written XML by what the library leaves out.

That is further accounts, a mandate without an account (both BG-16), and the base quantity of a gross price in CII.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from invoices.einvoice.syntaxes import Syntax

Terms = dict[str, Any]
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
LINE = f"{RAM}IncludedSupplyChainTradeLineItem"
GROSS_PRICE = f"{RAM}SpecifiedLineTradeAgreement/{RAM}GrossPriceProductTradePrice"
# A term of ours beside BT-149, which is the base quantity of the net price.
GROSS_BASE = "BT-149-1"
_MEANS = {Syntax.UBL: f"{CAC}PaymentMeans", Syntax.CII: f"{RAM}SpecifiedTradeSettlementPaymentMeans"}


def repair(written: bytes, terms: Terms, further: list[Terms], syntax: Syntax) -> bytes:
    """`written` with the `further` accounts and, in UBL, with a mandate (BT-89) whose account is not known."""
    has_lone_mandate = syntax is Syntax.UBL and terms.get("BT-89") and not terms.get("BT-91")
    bases = {place: line[GROSS_BASE] for place, line in enumerate(terms["BG-25"]) if GROSS_BASE in line}
    if not (further or has_lone_mandate or (bases and syntax is Syntax.CII)):
        return written
    root = etree.fromstring(written)
    if syntax is Syntax.CII:
        _set_gross_bases(root, bases)
    if (means := root.find(f".//{_MEANS[syntax]}")) is not None:
        if has_lone_mandate:
            _add(_add(means, f"{CAC}PaymentMandate"), f"{CBC}ID", terms["BT-89"])
        for account in reversed(further):
            means.addnext(_ubl_means(account) if syntax is Syntax.UBL else _cii_means(account))
    etree.indent(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _set_gross_bases(root: Any, bases: dict[int, str]) -> None:
    lines = root.findall(f".//{LINE}")
    for place, base in bases.items():
        price = lines[place].find(GROSS_PRICE)
        if price is None:
            continue
        quantity = price.find(f"{RAM}BasisQuantity")
        if quantity is None:
            quantity = etree.Element(f"{RAM}BasisQuantity")
            price.find(f"{RAM}ChargeAmount").addnext(quantity)
        quantity.text = base


def _ubl_means(account: Terms) -> Any:
    means = etree.Element(f"{CAC}PaymentMeans")
    code = _add(means, f"{CBC}PaymentMeansCode", account["BT-81"])
    if text := account.get("BT-82"):
        code.set("name", text)
    _add_known(means, f"{CBC}PaymentID", account.get("BT-83"))
    if account.get("BT-84"):
        payee = _add(means, f"{CAC}PayeeFinancialAccount")
        _add(payee, f"{CBC}ID", account["BT-84"])
        _add_known(payee, f"{CBC}Name", account.get("BT-85"))
        if bank := account.get("BT-86"):
            _add(_add(payee, f"{CAC}FinancialInstitutionBranch"), f"{CBC}ID", bank)
    return means


def _cii_means(account: Terms) -> Any:
    means = etree.Element(f"{RAM}SpecifiedTradeSettlementPaymentMeans")
    _add(means, f"{RAM}TypeCode", account["BT-81"])
    _add_known(means, f"{RAM}Information", account.get("BT-82"))
    if account.get("BT-84"):
        payee = _add(means, f"{RAM}PayeePartyCreditorFinancialAccount")
        is_iban = account["BT-84"][:2].isalpha()
        if is_iban:
            _add(payee, f"{RAM}IBANID", account["BT-84"])
        _add_known(payee, f"{RAM}AccountName", account.get("BT-85"))
        if not is_iban:
            _add(payee, f"{RAM}ProprietaryID", account["BT-84"])
    if bank := account.get("BT-86"):
        _add(_add(means, f"{RAM}PayeeSpecifiedCreditorFinancialInstitution"), f"{RAM}BICID", bank)
    return means


def _add(parent: Any, name: str, text: str | None = None) -> Any:
    child = etree.SubElement(parent, name)
    child.text = text
    return child


def _add_known(parent: Any, name: str, text: str | None) -> None:
    if text:
        _add(parent, name, text)
