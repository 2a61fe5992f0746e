"""The means of payment (BG-16) of an e-invoice, of which there may be several."""

from __future__ import annotations

from typing import Any

from invoices.einvoice.repairs import CAC, CBC, RAM
from invoices.einvoice.syntaxes import Syntax

Terms = dict[str, Any]
_MEANS = {Syntax.UBL: f"{CAC}PaymentMeans", Syntax.CII: f".//{RAM}SpecifiedTradeSettlementPaymentMeans"}
_ACCOUNT = f"{RAM}PayeePartyCreditorFinancialAccount"
_PATHS = {
    Syntax.UBL: {
        "BT-81": f"{CBC}PaymentMeansCode",
        "BT-83": f"{CBC}PaymentID",
        "BT-84": f"{CAC}PayeeFinancialAccount/{CBC}ID",
        "BT-85": f"{CAC}PayeeFinancialAccount/{CBC}Name",
        "BT-86": f"{CAC}PayeeFinancialAccount/{CAC}FinancialInstitutionBranch/{CBC}ID",
    },
    Syntax.CII: {
        "BT-81": f"{RAM}TypeCode",
        "BT-82": f"{RAM}Information",
        "BT-84": f"{_ACCOUNT}/{RAM}IBANID",
        "BT-85": f"{_ACCOUNT}/{RAM}AccountName",
        "BT-86": f"{RAM}PayeeSpecifiedCreditorFinancialInstitution/{RAM}BICID",
    },
}


def take_further(root: Any, syntax: Syntax) -> list[Terms]:
    """Remove all means but the first from the tree; returns their terms."""
    return [_take(means, syntax) for means in root.findall(_MEANS[syntax])[1:]]


def network_of(root: Any) -> str | None:
    """The network of a payment card, which UBL asks for and EN 16931 does not know."""
    found: str | None = root.findtext(f"{CAC}PaymentMeans/{CAC}CardAccount/{CBC}NetworkID")
    return found and found.strip()


def _take(means: Any, syntax: Syntax) -> Terms:
    means.getparent().remove(means)
    found = {term: means.findtext(path) for term, path in _PATHS[syntax].items()}
    if syntax is Syntax.UBL:
        code = means.find(f"{CBC}PaymentMeansCode")
        found["BT-82"] = None if code is None else code.get("name")
    else:
        found["BT-84"] = found["BT-84"] or means.findtext(f"{_ACCOUNT}/{RAM}ProprietaryID")
    return {term: text.strip() for term, text in found.items() if text and text.strip()}
