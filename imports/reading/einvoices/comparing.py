"""What the fields of a document say of an e-invoice, compared with the e-invoice: sums that differ, and further terms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from imports.reading.einvoices.values import amount_of
from invoices.einvoice.more import FURTHER, difference, key_of
from invoices.validation.terms import OF_FIELDS
from quality.rules import Broken

Terms = dict[str, Any]
SUMS = ("BT-106", "BT-107", "BT-108", "BT-109", "BT-110", "BT-112", "BT-113", "BT-114", "BT-115")
# Their entries have amounts that no field has.
_OWN_AMOUNTS = ("BG-28", FURTHER)
# Groups whose entries of zero have no field, with their amounts.
_OF_ZERO = {"BG-20": ("amount",), "BG-21": ("amount",), "BG-23": ("BT-116", "BT-117")}


def check_sums(base: Terms, given: Terms) -> None:
    """Raise `Broken` for an amount that is not what the lines, allowances and charges come to."""
    pairs = [(name, given, base) for name in SUMS if name in given]
    groups = {key_of("BG-23", 0, each): each for each in base["BG-23"]}
    for each in given.get("BG-23", []):
        key = key_of("BG-23", 0, each)
        pairs += [(name, each, groups.get(key, {})) for name in ("BT-116", "BT-117")]
    for name, theirs, ours in pairs:
        if amount_of(theirs, name) != Decimal(ours.get(name, "0")):
            found, own = theirs.get(name, "missing"), ours.get(name, "nothing")
            message = f"{name} is {found}, and the document comes to {own}; correct one of both."
            raise Broken("sums-differ", message)


def further_terms(base: Terms, given: Terms) -> Terms:
    """The further terms: what the fields do not say, or say in another way."""
    zeros = {name: _entries_of_zero(name, base, given) for name in _OF_ZERO if name in given}
    others = {name: [each for each in given[name] if each not in several] for name, several in zeros.items()}
    changes = difference(base, given | {name: several for name, several in others.items() if several or name in base})
    for name, several in zeros.items():
        if several:
            entries = changes.get(name)
            changes[name] = (entries if isinstance(entries, dict) else {}) | {FURTHER: several}
    kept: Terms = _without_fields(changes)
    return kept


def _entries_of_zero(name: str, base: Terms, given: Terms) -> list[Terms]:
    """Allowances and charges of zero, and VAT groups that consist of nothing else."""
    known = [key_of(name, 0, each) for each in base.get(name, [])] if name == "BG-23" else []
    return [
        each
        for each in given[name]
        if key_of(name, 0, each) not in known and not any(amount_of(each, term) for term in _OF_ZERO[name])
    ]


def _without_fields(changes: Any) -> Any:
    if not isinstance(changes, dict):
        return changes
    return {
        name: change if name in _OWN_AMOUNTS else kept
        for name, change in changes.items()
        if name not in OF_FIELDS and (kept := _without_fields(change)) != {}
    }
