"""The content of a generated invoice is a function of the run's seed and the ordinal. Same seed, same invoices.

Amounts are log-normal around 180, as the baskets of a shop are.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import NormalDist

from invoices.encoding import Draft
from invoices.generation.companies import pools

MEDIAN_AMOUNT = 180.0
SPREAD = 1.1
LARGEST_AMOUNT = 250_000.0
_NORMAL = NormalDist()
_SCALE = 2**32


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The fields that all invoices of a run share. `rate_per_second` gives the time of each after `started_at`."""

    seed: int
    started_at: datetime
    rate_per_second: Decimal
    currency: str
    vat_rate: Decimal


def drafts(terms: Terms, *, first: int, count: int) -> list[Draft]:
    """The drafts of ordinals `first` to `first + count - 1` of a run."""
    sellers, buyers = pools()
    return [_draft(terms, ordinal, sellers, buyers) for ordinal in range(first, first + count)]


def _draft(terms: Terms, ordinal: int, sellers: tuple[str, ...], buyers: tuple[str, ...]) -> Draft:
    digest = hashlib.blake2b(f"{terms.seed}:{ordinal}".encode(), digest_size=12).digest()
    seller, buyer, spread = (int.from_bytes(digest[i : i + 4], "big") for i in (0, 4, 8))
    return Draft(
        invoice_date=terms.started_at + timedelta(seconds=float(ordinal / terms.rate_per_second)),
        seller_name=sellers[seller % len(sellers)],
        buyer_name=buyers[buyer % len(buyers)],
        subtotal=_amount((spread + 0.5) / _SCALE),
        vat_rate=terms.vat_rate,
        currency=terms.currency,
        run_ordinal=ordinal,
    )


def _amount(share: float) -> Decimal:
    """The amount below which `share` of all amounts lie, in whole cents, at least one."""
    amount = min(MEDIAN_AMOUNT * math.exp(SPREAD * _NORMAL.inv_cdf(share)), LARGEST_AMOUNT)
    return Decimal(max(1, round(amount * 100))).scaleb(-2)
