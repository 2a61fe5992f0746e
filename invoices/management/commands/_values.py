"""Parses the values of the options of the generation commands; an invalid value is refused with one sentence."""

from __future__ import annotations

import re
from decimal import Decimal

from django.core.management.base import CommandError

LONGEST_SECONDS = 86_400
LEAST_RATE, LARGEST_RATE = Decimal("0.1"), Decimal(10_000)
SEEDS = range(-(2**63), 2**63)


def rate(text: str) -> Decimal:
    """Invoices a second, 0.1 to 10000, with up to 15 decimals."""
    is_number = re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,15})?", text, re.ASCII)
    if not is_number or not LEAST_RATE <= Decimal(text) <= LARGEST_RATE:
        raise CommandError(
            f"--rate {text[:40]!r} is not a number from {LEAST_RATE} to {LARGEST_RATE}; choose one of those."
        )
    return Decimal(text)


def duration(text: str) -> int:
    """Whole seconds, 1 to a day."""
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not 1 <= int(text) <= LONGEST_SECONDS:
        raise CommandError(
            f"--duration {text[:40]!r} is not a whole number of seconds from 1 to {LONGEST_SECONDS}; choose one of those."
        )
    return int(text)


def seed(text: str) -> int:
    """A whole number of 64 bits."""
    if not re.fullmatch(r"-?[0-9]{1,19}", text, re.ASCII) or int(text) not in SEEDS:
        raise CommandError(f"--seed {text[:40]!r} is not a whole number of 64 bits; choose one such as 42.")
    return int(text)
