"""The rules for the rows of a file: the id of each rule, and what a person can do about a row that breaks it.

Reports and quarantined rows contain the ids: an id is never renamed or removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Remedy(StrEnum):
    """What a person can do about a broken rule: correct the row, accept the row as it is, or (`none`) set it aside."""

    CORRECT = "correct"
    ACCEPT = "accept"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule with its id, its remedy, and a sentence (`says`) that describes a row that breaks it."""

    id: str
    remedy: Remedy
    says: str


def _rules(*rules: tuple[str, Remedy, str]) -> dict[str, Rule]:
    return {id: Rule(id=id, remedy=remedy, says=says) for id, remedy, says in rules}


RULES = _rules(
    ("unreadable", Remedy.CORRECT, "A row cannot be read in this format."),
    ("beside-unreadable", Remedy.CORRECT, "A row next to it cannot be read and may belong to it."),
    ("no-number", Remedy.CORRECT, "A row does not say which document it belongs to."),
    ("bad-value", Remedy.CORRECT, "A field holds what cannot be read, or nothing where something must be."),
    (
        "mixed-document",
        Remedy.ACCEPT,
        "The rows of one number do not agree on what is the document's. Accept it where they are several documents, by kind "
        "and date.",
    ),
    ("split-document", Remedy.CORRECT, "The rows of one document stand far apart, with others in between."),
    ("mixed-signs", Remedy.CORRECT, "A cancellation holds quantities that are not negative."),
    ("negative-price", Remedy.CORRECT, "A price is below zero."),
    ("negative-quantity", Remedy.ACCEPT, "An invoice, and no cancellation, takes something back."),
    ("future-date", Remedy.ACCEPT, "It is dated in the future."),
    ("before-newest", Remedy.ACCEPT, "It is dated before the newest document of its series."),
    ("zero-total", Remedy.ACCEPT, "Its total is zero, and its series is not for such documents."),
    ("nothing-charged", Remedy.CORRECT, "A customer was charged nothing; over nothing there is no invoice."),
    ("sums-differ", Remedy.CORRECT, "An amount the file gives is not what its lines come to."),
    (
        "not-expressed",
        Remedy.ACCEPT,
        "An e-invoice says something that documents have no place for. Accept it where that may be left out.",
    ),
    ("invalid", Remedy.CORRECT, "It breaks a rule of every document."),
    ("refused", Remedy.CORRECT, "It does not fit to what is issued: the invoice it corrects, or what is left of it."),
    (
        "differs",
        Remedy.ACCEPT,
        "A document of this number was issued with another content, and what is issued never changes. Accept it where it is "
        "another document of that number, such as one of another year.",
    ),
    ("not-paid", Remedy.ACCEPT, "The order is not paid. Accept it where its customer pays by invoice."),
    ("unknown-rate", Remedy.CORRECT, "The file does not say which VAT rate a line has, and no rate alone fits."),
    ("no-sale", Remedy.NONE, "An order that was cancelled, or a payout, a fee or a transfer: nothing was sold."),
    ("stock-correction", Remedy.NONE, "Goods counted, found or thrown away: no customer, no price, no sale."),
    ("bad-debt", Remedy.NONE, "A claim written off or back on: an entry of the ledger, and no sale."),
)
# Of the records of pipes: these, those above, and the rules that users write.
RECORD_RULES = RULES | _rules(
    ("required", Remedy.CORRECT, "A field that must be there is missing."),
    ("failed", Remedy.CORRECT, "The record could not be stored, for a reason that no rule names."),
)
# Understood, and without work for a person: kept raw and counted, but not waiting.
SET_ASIDE = ("no-sale", "stock-correction", "bad-debt")


class Broken(Exception):
    """The rows break rule `rule`; the message is a sentence that names the value and the remedy."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = RULES[rule]

    def __reduce__(self) -> tuple[type[Broken], tuple[str, str]]:
        """A process that reads a file for another one hands the error over."""
        return type(self), (self.rule.id, str(self))
