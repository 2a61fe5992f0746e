"""Customers of stores, as the orders of their shops name them.

A customer is the shop's own id, else the VAT number, else the e-mail address, within one store; an order that has none
of them has no customer. `analytics.facts` has the same rule for documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection

_REPORTED = ("external_id", "vat_id", "email", "name", "country")
_COLUMNS = ("key", *_REPORTED, "first_at", "reported_at")
_TYPES = {"first_at": "timestamptz", "reported_at": "timestamptz"}
_NEWEST = ", ".join(
    f"{name} = CASE WHEN excluded.reported_at < c.reported_at THEN c.{name} ELSE excluded.{name} END"
    for name in _REPORTED
)
_UPSERT = f"""
INSERT INTO commerce_customer AS c (store_id, {", ".join(_COLUMNS)})
SELECT %(store)s, given.* FROM unnest({", ".join(f"%({name})s::{_TYPES.get(name, 'text')}[]" for name in _COLUMNS)})
    AS given({", ".join(_COLUMNS)}) ORDER BY given.key
ON CONFLICT (store_id, key) DO UPDATE SET {_NEWEST},
    first_at = least(c.first_at, excluded.first_at), reported_at = greatest(c.reported_at, excluded.reported_at)
RETURNING key, id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Buyer:
    """A buyer as an order of `first_at` names it, in a report of `reported_at`. Texts are clean, and may be empty."""

    external_id: str
    vat_id: str
    email: str
    name: str
    country: str
    first_at: datetime
    reported_at: datetime

    @property
    def key(self) -> str:
        """What identifies the customer; empty where nothing does."""
        vat_id = self.vat_id.replace(" ", "").upper()
        known = (("id", self.external_id), ("vat", vat_id), ("mail", self.email.lower()))
        return next((f"{kind} {value}"[:210] for kind, value in known if value), "")


def record_customers(store_id: int, buyers: Iterable[Buyer]) -> Mapping[str, int]:
    """Add the buyers to the customers of the store, or bring them up to date; returns the ids by key.

    The newest report wins. The rows are locked in the order of their keys (docs/locks.md).
    """
    newest: dict[str, Buyer] = {}
    firsts: dict[str, datetime] = {}
    for each in sorted(buyers, key=lambda one: one.reported_at):
        if each.key:
            newest[each.key] = each
            firsts[each.key] = min(each.first_at, firsts.get(each.key, each.first_at))
    if not newest:
        return {}
    rows = [asdict(each) | {"key": key, "first_at": firsts[key]} for key, each in newest.items()]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, {"store": store_id, **{name: [row[name] for row in rows] for name in _COLUMNS}})
        return dict(cursor.fetchall())
