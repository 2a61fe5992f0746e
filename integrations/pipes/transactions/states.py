"""What a record of a transaction leads to, by what was known of the transaction before. Pure.

What is issued never changes: a record that says something else of an issued transaction is for a person. A record that
says less than is known came late.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from integrations.pipes.entities.sales import COMPLETED, FAILED, PENDING, REFUNDED


class Step(Enum):
    """What to do about a record. `KEEP`: it is the newest state, and leads to no document."""

    ISSUE = auto()
    ISSUE_AND_CREDIT = auto()
    CREDIT = auto()
    KEEP = auto()
    DUPLICATE = auto()
    DIFFERS = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of a transaction: its newest status, the digest of its content, and the numbers of its documents."""

    status: str
    digest: bytes
    number: str = ""
    credit_number: str = ""


def decide(known: Known | None, status: str, digest: bytes) -> Step:
    """The step for a record with this status and content."""
    if known is not None and known.number:
        return _decide_issued(known, status, digest)
    if status == COMPLETED:
        return Step.ISSUE
    if status == REFUNDED:
        return Step.ISSUE_AND_CREDIT
    is_same = known is not None and (known.status, known.digest) == (status, digest)
    return Step.DUPLICATE if is_same else Step.KEEP


def _decide_issued(known: Known, status: str, digest: bytes) -> Step:
    if known.digest != digest or status == FAILED:
        return Step.DIFFERS
    if status == REFUNDED and not known.credit_number:
        return Step.CREDIT
    return Step.DUPLICATE


def status_of(values: Mapping[str, Any]) -> str:
    """The status of a record; one without is completed."""
    return values["status"] or COMPLETED


def digest_of(values: Mapping[str, Any]) -> bytes:
    """The digest of what the documents of a transaction say: who, what, how much. Its time and its names may change."""
    parts = [values["customer_id"] or "", values["currency"], _plain(values["amount"])]
    for item in values["products"]:
        parts += [item["product_id"], _plain(item["quantity"]), _plain(item["price"])]
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _plain(number: Decimal | None) -> str:
    """A number without the zeros that change nothing: 10.50 and 10.5 are one amount."""
    return "" if number is None else f"{number.normalize():f}"


__all__ = ["COMPLETED", "FAILED", "PENDING", "REFUNDED", "Known", "Step", "decide", "digest_of", "status_of"]
