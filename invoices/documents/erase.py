"""Erasing the parties of chosen documents: names and addresses go, amounts, numbers and the hash chain stay valid.

The chain holds salted hashes of the parties; the salt goes with the name, so the hash says nothing any more. A row says who
erased it, when and on what basis; without that row the database refuses the change.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from invoices.documents.details import PERSONAL
from invoices.models import Erasure

ERASED = "erased"
POSTCODE_KEPT = 2
ROLES = ("buyer", "seller")

# Those that are erased already are left out.
_CHOOSE = """
SELECT i.id, d.{role}::text, d.details::text, i.{role}_name FROM invoices_invoice i
LEFT JOIN invoices_document d ON d.invoice_id = i.id
WHERE i.id = ANY(%s) AND i.run_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM invoices_erasure e WHERE e.invoice_id = i.id AND e.role = %s)
ORDER BY i.id FOR UPDATE OF i
"""
_INVOICES = "UPDATE invoices_invoice SET {role}_name = 'erased' WHERE id = ANY(%s)"
_SALTS = """
UPDATE invoices_link l SET {role}_salt = NULL FROM invoices_invoice i
WHERE i.id = ANY(%s) AND l.series_id = i.series_id AND l.ordinal = i.ordinal
"""
_SELLERS = "UPDATE invoices_document SET seller = %s WHERE invoice_id = %s"
_BUYERS = """
UPDATE invoices_document SET buyer = %s, details = %s, reason = CASE reason WHEN '' THEN '' ELSE 'erased' END, note = ''
WHERE invoice_id = %s
"""
# What search knows of the names; the trigger has dropped the chunks of the series, which are made again without them.
_FORGET = """
WITH gone AS (
    DELETE FROM invoices_party p WHERE name = ANY(%s) AND NOT EXISTS (SELECT 1 FROM invoices_posting WHERE party_id = p.id)
    RETURNING id
)
DELETE FROM invoices_partyword WHERE party_id IN (SELECT id FROM gone)
"""


class NoBasis(ValueError):
    """An erasure needs a basis and a name of who does it."""


@transaction.atomic
def erase_parties(invoice_ids: Sequence[int], *, basis: str, by: str, role: str = "buyer") -> int:
    """Replace the `role` (buyer or seller) of these documents; returns how many were not erased before.

    Country and the beginning of the postcode stay, for figures. `basis` says why the law allows it, `by` who does it.
    """
    if role not in ROLES:
        raise ValueError(f"{role!r} is not a valid role: use buyer or seller.")
    if not basis.strip() or not by.strip():
        raise NoBasis("An erasure needs its legal basis, and who does it.")
    with connection.cursor() as cursor:
        cursor.execute(_CHOOSE.format(role=role), [list(invoice_ids), role])
        rows = cursor.fetchall()
    ids = [pk for pk, *_ in rows]
    Erasure.objects.bulk_create([Erasure(invoice_id=pk, role=role, basis=basis, erased_by=by) for pk in ids])
    _replace(role, rows)
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [list({name for *_, name in rows})])
    return len(ids)


def _replace(role: str, rows: Sequence[tuple[Any, ...]]) -> None:
    ids = [pk for pk, *_ in rows]
    with connection.cursor() as cursor:
        for pk, party, details, _ in rows:
            if party is None:
                continue
            if role == "seller":
                cursor.execute(_SELLERS, [_anonymous(party), pk])
            else:
                cursor.execute(_BUYERS, [_anonymous(party), _without_personal(details), pk])
        cursor.execute(_INVOICES.format(role=role), [ids])
        cursor.execute(_SALTS.format(role=role), [ids])


def _anonymous(party: str) -> str:
    known = json.loads(party)
    kept = {"name": ERASED, "country": known.get("country"), "postcode": known.get("postcode", "")[:POSTCODE_KEPT]}
    return json.dumps({name: value for name, value in kept.items() if value})


def _without_personal(details: str | None) -> str | None:
    kept = {name: value for name, value in json.loads(details or "{}").items() if name not in PERSONAL}
    return json.dumps(kept) if kept else None
