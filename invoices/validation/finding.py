"""The result of a check of a record: the field, a sentence and the rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A broken rule about a field (`lines.0.quantity`), with a sentence that names the value and the remedy.

    `rule` is one of EN 16931 (`BR-S-02`) or one of ours that a sender can accept (`future-date`); empty for others.
    """

    field: str
    message: str
    rule: str = ""
