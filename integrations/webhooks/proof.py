"""The proof of I11 for deliveries: each accepted webhook is a row in one state. In the caller's snapshot."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from integrations.webhooks.states import State
from invoices.proofs import Proof

_COUNTS = """
SELECT s.slug, t.accepted - t.removed, coalesce(d.states, '{}'::jsonb)
FROM webhooks_tally t JOIN stores_store s ON s.id = t.store_id LEFT JOIN (
    SELECT store_id, jsonb_object_agg(state, n) AS states FROM (
        SELECT store_id, state, count(*) AS n FROM webhooks_delivery WHERE store_id IS NOT NULL GROUP BY 1, 2
    ) AS c GROUP BY 1
) AS d ON d.store_id = t.store_id ORDER BY 1
"""
_ORPHANS = "SELECT count(*) FROM webhooks_delivery WHERE state = 'orphan'"
SHOWN = (State.DONE, State.SET_ASIDE, State.QUARANTINED, State.DEAD, State.NEW)


def prove() -> dict[str, Any]:
    """Per store, how many deliveries were accepted and are kept, and how many are in each state."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        stores = [_store(*row) for row in cursor.fetchall()]
        cursor.execute(_ORPHANS)
        return {"deliveries": stores, "orphans": cursor.fetchone()[0]}


def _store(slug: str, accepted: int, states: str) -> dict[str, Any]:
    # Django leaves a jsonb as text where no model field converts it.
    counts = json.loads(states)
    by_state = {state.value: int(counts.get(state, 0)) for state in SHOWN}
    return {"store": slug, "accepted": accepted, **by_state, "balanced": accepted == sum(by_state.values())}


def _say(report: dict[str, Any]) -> str:
    accepted = sum(store["accepted"] for store in report["deliveries"])
    wrong = sum(not store["balanced"] for store in report["deliveries"])
    return f"{accepted} webhooks accepted, {wrong} stores with a wrong count"


PROOF = Proof(
    name="deliveries", prove=prove, say=_say,
    is_right=lambda report: all(store["balanced"] for store in report["deliveries"]),
)  # fmt: skip
