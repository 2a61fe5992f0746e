"""What a check says of a record: the field, a sentence and the rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What is wrong with a field (`lines.0.quantity`): a sentence that names the value and what to do.

    `rule` is one of EN 16931 (`BR-S-02`) or one of ours that a sender can accept (`future-date`); empty for others.
    """

    field: str
    message: str
    rule: str = ""
