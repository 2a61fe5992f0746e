"""An e-invoice as business terms, in the shape of `invoices.einvoice.terms`, by the tables of the `factur-x` library."""

from __future__ import annotations

import copy
import re
from typing import Any

from facturx import parse_ubl_cii_xml

from imports.reading.einvoices.means import network_of, take_further
from imports.reading.einvoices.trees import gross_bases_of, identifiers_of, normalize
from imports.reading.einvoices.xml import BadXml
from invoices.einvoice.repairs import GROSS_BASE
from invoices.einvoice.syntaxes import Syntax

Terms = dict[str, Any]
LEVEL = "en16931"
_FLAVORS = {"Invoice": "ubl-2.1-invoice", "CreditNote": "ubl-2.1-creditnote", "CrossIndustryInvoice": "factur-x"}
# `#AAI#text`: how UBL writes the subject of a note.
_SUBJECT = re.compile("[A-Z]{3}")


def read_terms(root: Any, syntax: Syntax) -> Terms:
    """The terms of the document; raises `BadXml` for one that cannot be read."""
    tree = copy.deepcopy(root)
    further, network = take_further(tree, syntax), network_of(tree)
    normalize(tree)
    terms: Terms = _plain(_parse(tree))
    if syntax is Syntax.UBL:
        _name_parties(terms)
    for group in ("BG-4", "BG-7"):
        if group in terms:
            terms[group] |= identifiers_of(tree, group)
    terms["BG-1"] = [_note(note) for note in terms.get("BG-1", [])]
    for party in ("BG-4", "BG-7"):
        for contact in terms.get(party, {}).get("contacts", []):
            _split_name(contact)
    for position, base in gross_bases_of(tree).items():
        terms["BG-25"][position - 1][GROSS_BASE] = base
    added = {"BG-17": further, "BT-87-1": network if terms.get("BT-87") else None}
    return terms | {name: value for name, value in added.items() if value}


def _parse(tree: Any) -> Terms:
    flavor = _FLAVORS[tree.tag.rpartition("}")[2]]
    try:
        found: Terms = parse_ubl_cii_xml(
            tree, flavor=flavor, level=LEVEL, date_as="string", bytes_as="string", check_xsd=False
        )
    # For a bad value, the library raises exceptions of any type.
    except Exception as error:
        raise BadXml(f"a value cannot be read ({str(error)[:200]})") from None
    return found


def _plain(value: Any) -> Any:
    """Without keys that are None, which JSON does not have: they stand for identifiers without a scheme."""
    if isinstance(value, dict):
        return {"" if name is None else name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _name_parties(terms: Terms) -> None:
    """Payee and tax representative have a party name in UBL, which the library reads as a trading name."""
    for group in ("BG-10", "BG-11"):
        party = terms.get(group, {})
        if "biz_name" in party and "name" not in party:
            party["name"] = party.pop("biz_name")


def _note(note: Terms) -> Terms:
    """The library takes any text that begins with # for one with a subject code."""
    subject = note.get("BT-21", "")
    if subject and not _SUBJECT.fullmatch(subject):
        return {"BT-22": f"#{subject}#{note['BT-22']}"}
    return {term: text.strip() for term, text in note.items()}


def _split_name(contact: Terms) -> None:
    """In CII a contact has a person, a department, or both."""
    if isinstance(contact.get("name"), list):
        contact["name"], contact["department_name"] = contact["name"][:2]
