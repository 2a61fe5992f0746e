"""The health of a connection as the API shows it."""

from __future__ import annotations

from typing import Any

from integrations.webhooks import tallies
from integrations.webhooks.models import Delivery
from integrations.webhooks.states import State
from integrations.woocommerce.apps import NAME
from integrations.woocommerce.connections import NotConnected
from integrations.woocommerce.models import SyncRun, SyncState
from runtime.formats import iso
from stores.queries import StoreFacts
from stores.rows import rows_of

RUNS_SHOWN = 20
ENDED = ("disconnected", "erased")


def read_health(store: StoreFacts) -> dict[str, Any]:
    """Connection, counts of webhooks, subscriptions and the last readings; raises `NotConnected`."""
    state, tally = rows_of(SyncState, store.id).first(), tallies.read(store.id)
    if state is None:
        raise NotConnected(f"Store {store.slug} is not connected with a WooCommerce shop.")
    quarantined = rows_of(Delivery, store.id).filter(state=State.QUARANTINED).count()
    is_over = store.status in ENDED
    return {
        "connection": {
            "type": NAME, "status": "revoked" if is_over else state.status,
            "error": "The store is disconnected: connect it again." if is_over else state.error, "scopes": ["read_write"],
            "checked_at": iso(state.checked_at) if state.checked_at else None,
        },
        "last_event_at": iso(tally.last_event_at) if tally.last_event_at else None,
        "webhooks": {
            "received": tally.accepted, "duplicates": tally.duplicates, "rejected": tally.rejected, "late": tally.late,
            "missed": tally.missed, "healed": tally.healed,
        },
        "subscriptions": state.subscriptions,
        "token_expires_at": None,
        "runs": [_run(each) for each in rows_of(SyncRun, store.id).order_by("-id")[:RUNS_SHOWN]],
        "quarantined": quarantined,
    }  # fmt: skip


def _run(run: SyncRun) -> dict[str, Any]:
    return {
        "kind": run.kind, "state": run.state, "error": run.error, "started_at": iso(run.started_at),
        "ended_at": iso(run.ended_at), "seen": run.seen, "added": run.added, "healed": run.healed, "gone": run.gone,
    }  # fmt: skip
