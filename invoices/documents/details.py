"""The rarely used parts of documents as stored JSON: payment, delivery, references, allowances, contacts, further terms.

Empty fields are left out, so that the same document always gives the same JSON: the hash chain covers that text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar

from invoices.documents.types import (
    Allowance,
    Contact,
    Delivery,
    Document,
    ElectronicAddress,
    LineAllowance,
    Party,
    Payment,
    Preceding,
    short_category,
)
from invoices.money import text

Json = dict[str, Any]
# Parts of `details` that may name a person: they are in the chain as a salted hash, and go with the buyer's name.
PERSONAL = ("payment", "delivery", "buyer_reference")
# Further terms that may name the seller, or the buyer, the payer and the recipient: they are kept, hashed and erased with
# the seller and with the buyer.
SELLER_TERMS = frozenset(["BG-4", "BG-10", "BG-11"])
BUYER_TERMS = frozenset(
    ["BG-1", "BG-7", "BG-13", "BG-24", "BT-10", "BT-20", *(f"BT-{number}" for number in range(82, 92)), "BG-17"]
)
_PARTY = [field.name for field in fields(Party) if field.name not in ("electronic_address", "contact")]
_of_party = attrgetter(*_PARTY)
Made = TypeVar("Made", Payment, Delivery, Contact, ElectronicAddress, Preceding)


def party_json(party: Party) -> Json:
    """The fields of `party` that are not empty."""
    known: Json = {name: value for name, value in zip(_PARTY, _of_party(party), strict=True) if value}
    if party.electronic_address:
        known["electronic_address"] = _known(party.electronic_address)
    if party.contact:
        known["contact"] = _known(party.contact)
    return known


def parties_json(document: Document) -> tuple[Json, Json]:
    """Seller and buyer, each with the further terms that may name it."""
    return _with_terms(document.seller, document, SELLER_TERMS), _with_terms(document.buyer, document, BUYER_TERMS)


def read_party(known: Mapping[str, Any]) -> Party:
    """The party of `party_json` or `parties_json`."""
    values = {name: value for name, value in known.items() if name != "terms"}
    if found := values.get("electronic_address"):
        values["electronic_address"] = _made(ElectronicAddress, found)
    if found := values.get("contact"):
        values["contact"] = _made(Contact, found)
    return Party(**values)


def details_json(document: Document) -> Json | None:
    """Payment, delivery, references, profile and terms, but those of the parties; None where there are none."""
    known: Json = {
        "payment": document.payment and _known(document.payment),
        "delivery": document.delivery and _known(document.delivery),
        "buyer_reference": document.buyer_reference,
        "order_reference": document.order_reference,
        "preceding": [_known(each) for each in document.preceding],
        "profile": document.profile,
        "terms": {name: value for name, value in document.terms.items() if name not in SELLER_TERMS | BUYER_TERMS},
    }
    return {name: value for name, value in known.items() if value} or None


def read_details(known: Mapping[str, Any]) -> Json:
    """The fields of a `Document` that `details_json` has written."""
    found = dict(known)
    if "payment" in found:
        found["payment"] = _made(Payment, found["payment"])
    if "delivery" in found:
        found["delivery"] = _made(Delivery, found["delivery"])
    if "preceding" in found:
        found["preceding"] = tuple(_made(Preceding, each) for each in found["preceding"])
    return found


def adjustments_json(document: Document) -> list[Json] | None:
    """Allowances, below zero, and charges; None where there are none."""
    signed = [(-1, each) for each in document.allowances] + [(1, each) for each in document.charges]
    return [
        {
            "amount": text(sign * each.amount),
            "vat_rate": f"{each.vat_rate.normalize():f}",
            "vat_category": each.category,
            "reason": each.reason,
        }
        for sign, each in signed
    ] or None


def read_adjustments(known: Sequence[Mapping[str, Any]]) -> Json:
    """The allowances and charges of a `Document`."""
    allowances: list[Allowance] = []
    charges: list[Allowance] = []
    for each in known:
        amount, rate = Decimal(each["amount"]), Decimal(each["vat_rate"])
        category = short_category(rate, each["vat_category"])
        made = Allowance(amount=abs(amount), vat_rate=rate, vat_category=category, reason=each["reason"])
        (allowances if amount < 0 else charges).append(made)
    return {"allowances": tuple(allowances), "charges": tuple(charges)}


def line_allowances_json(allowances: Sequence[LineAllowance]) -> list[Json]:
    return [{"amount": text(each.amount), "reason": each.reason} for each in allowances]


def read_line_allowances(known: Sequence[Mapping[str, Any]]) -> tuple[LineAllowance, ...]:
    return tuple(LineAllowance(amount=Decimal(each["amount"]), reason=each["reason"]) for each in known)


def _with_terms(party: Party, document: Document, names: frozenset[str]) -> Json:
    terms = {name: value for name, value in document.terms.items() if name in names}
    return party_json(party) | ({"terms": terms} if terms else {})


def _known(one: Any) -> Json:
    """The fields of a dataclass of texts and days that say anything."""
    values = {field.name: getattr(one, field.name) for field in fields(one)}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items() if value}


def _made(kind: type[Made], known: Mapping[str, Any]) -> Made:
    values = dict(known)
    if values.get("date"):
        values["date"] = date.fromisoformat(values["date"])
    return kind(**values)
