"""The proof of I11 per store: each accepted webhook is a row in one state, and the order accounts are even.

It runs in the caller's snapshot.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from integrations.webhooks.states import State
from invoices.proofs import Proof
from orders.proof import StoreSum, read_store_sums

_COUNTS = """
SELECT s.slug, t.accepted - t.removed, coalesce(d.states, '{}'::jsonb)
FROM webhooks_tally t JOIN stores_store s ON s.id = t.store_id LEFT JOIN (
    SELECT store_id, jsonb_object_agg(state, n) AS states FROM (
        SELECT store_id, state, count(*) AS n FROM webhooks_delivery WHERE store_id IS NOT NULL GROUP BY 1, 2
    ) AS c GROUP BY 1
) AS d ON d.store_id = t.store_id
"""
_ORPHANS = "SELECT count(*) FROM webhooks_delivery WHERE state = 'orphan'"
SHOWN = (State.DONE, State.SET_ASIDE, State.QUARANTINED, State.DEAD, State.NEW)
NO_DELIVERIES = {"accepted": 0, **{state.value: 0 for state in SHOWN}}


def prove_stores() -> list[dict[str, Any]]:
    """Each store with orders or webhooks: its orders and their accounts, and its webhooks by state."""
    sums, deliveries = read_store_sums(), _read_deliveries()
    return [_present(slug, sums.get(slug, StoreSum()), deliveries.get(slug)) for slug in sorted({*sums, *deliveries})]


def count_orphans() -> int:
    """How many webhooks belong to no connected store."""
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANS)
        return int(cursor.fetchone()[0])


def _read_deliveries() -> dict[str, dict[str, int]]:
    """By the slug of the store: how many were accepted and are kept, and how many are in each state."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        rows = cursor.fetchall()
    # Django leaves a jsonb as text where no model field converts it.
    found = {slug: (int(accepted), json.loads(states)) for slug, accepted, states in rows}
    return {
        slug: {"accepted": accepted, **{state.value: int(counts.get(state, 0)) for state in SHOWN}}
        for slug, (accepted, counts) in found.items()
    }


def _present(slug: str, orders: StoreSum, deliveries: dict[str, int] | None) -> dict[str, Any]:
    counts = deliveries or NO_DELIVERIES
    is_counted = counts["accepted"] == sum(counts[state.value] for state in SHOWN)
    return {
        "store": slug, "orders": orders.count, "worth": f"{orders.worth:.2f}", "other_worth": orders.other_worth,
        "difference": f"{orders.difference:.2f}",
        "deliveries": counts, "balanced": is_counted and not orders.difference and not orders.wrong_count,
    }  # fmt: skip


def _say(report: list[dict[str, Any]]) -> str:
    orders = sum(store["orders"] for store in report)
    accepted = sum(store["deliveries"]["accepted"] for store in report)
    wrong = [store["store"] for store in report if not store["balanced"]]
    return f"{orders} orders, {accepted} webhooks accepted" + (f", not balanced: {', '.join(wrong)}" if wrong else "")


STORES = Proof(
    name="stores", prove=prove_stores, say=_say, is_right=lambda report: all(store["balanced"] for store in report)
)
ORPHANS = Proof(
    name="orphans", prove=count_orphans, say=lambda count: f"{count} webhooks of no connected store",
    is_right=lambda count: True,
)  # fmt: skip
