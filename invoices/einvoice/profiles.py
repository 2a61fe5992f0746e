"""The terms of a profile: its specification and business process, and what it writes in another way than EN 16931."""

from __future__ import annotations

from typing import Any

from invoices.documents.types import Category
from invoices.validation.profiles import Profile

Terms = dict[str, Any]

EN16931 = "urn:cen.eu:en16931:2017"
PEPPOL = f"{EN16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
XRECHNUNG = f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_SPECIFICATIONS = {Profile.PEPPOL: PEPPOL, Profile.XRECHNUNG: XRECHNUNG}


def adapt(terms: Terms, profile: Profile) -> Terms:
    """`terms` as `profile` has them."""
    adapted = terms | {"BT-24": _SPECIFICATIONS.get(profile, EN16931)}
    if profile in _SPECIFICATIONS:
        adapted["BT-23"] = terms["BT-23"] if _is_process(terms.get("BT-23", "")) else BILLING
        adapted |= _discount_terms(terms)
    if profile is Profile.PEPPOL and len(terms["BG-1"]) > 1:
        adapted["BG-1"] = [{"BT-22": "\n".join(map(_text_of, terms["BG-1"]))}]
    if profile is Profile.XRECHNUNG:
        adapted["BG-23"] = [_with_rate(group) for group in terms["BG-23"]]
    return adapted


def profile_of(specification: str) -> str:
    """The profile of a specification (BT-24); empty for one that is not known."""
    names = {"xrechnung": Profile.XRECHNUNG, "peppol.eu:2017:poacc:billing:3": Profile.PEPPOL}
    found = next((profile for name, profile in names.items() if name in specification), None)
    return found or (Profile.EN16931 if specification == EN16931 else "")


def _discount_terms(terms: Terms) -> Terms:
    """Terms of a cash discount (`#SKONTO#...#`) end with a line break (BR-DE-18)."""
    text = terms.get("BT-20", "")
    is_discount = any(line.startswith("#") for line in text.splitlines())
    return {"BT-20": text.rstrip() + "\n"} if is_discount else {}


def _is_process(text: str) -> bool:
    """Whether it is a business process of Peppol's billing, of which there are several."""
    return text.startswith("urn:fdc:peppol.eu:2017:poacc:billing:") and text.endswith(":1.0")


def _text_of(note: Terms) -> str:
    """A note with its subject code, as UBL writes it."""
    return f"#{note['BT-21']}#{note['BT-22']}" if note.get("BT-21") else str(note["BT-22"])


def _with_rate(group: Terms) -> Terms:
    """A group that is not subject to VAT has the rate 0 (BR-DE-14)."""
    return {"BT-119": "0"} | group if group["BT-118"] == Category.OUT_OF_SCOPE else group
