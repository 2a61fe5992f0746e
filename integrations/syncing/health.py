"""The health of a connection as the API shows it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from integrations.syncing.errors import NotConnected
from integrations.syncing.models import SyncRun, SyncState
from integrations.syncing.schedule import MISSED_FOR
from integrations.syncing.shop import ConnectionFacts, describe
from integrations.syncing.sync import are_active
from integrations.webhooks import tallies
from integrations.webhooks.models import Delivery
from integrations.webhooks.states import State
from runtime.clock import read_clock
from runtime.formats import iso
from stores.health import Health
from stores.queries import StoreFacts
from stores.rows import rows_of

RUNS_SHOWN = 20
# A poll that has been due for so long shows that the process `loops` does not work.
LATE_AFTER = timedelta(minutes=5)
ENDED = ("disconnected", "erased")


def read_health(store: StoreFacts) -> dict[str, Any]:
    """Connection, counts of webhooks, subscriptions and the last readings; raises `NotConnected`."""
    state, tally = rows_of(SyncState, store.id).first(), tallies.read(store.id)
    if state is None:
        raise NotConnected(f"Store {store.slug} is not connected with a shop.")
    quarantined = rows_of(Delivery, store.id).filter(state=State.QUARANTINED).count()
    is_over = store.status in ENDED
    facts = ConnectionFacts(scopes=()) if is_over else describe(store)
    return {
        "connection": {
            "type": store.platform, "status": "revoked" if is_over else state.status,
            "error": f"The store is disconnected: connect it again. {state.error}".strip() if is_over else state.error,
            "scopes": list(facts.scopes),
            "checked_at": iso(state.checked_at) if state.checked_at else None,
        },
        "last_event_at": iso(tally.last_event_at) if tally.last_event_at else None,
        "webhooks": {
            "received": tally.accepted, "duplicates": tally.duplicates, "rejected": tally.rejected, "late": tally.late,
            "missed": tally.missed, "healed": tally.healed,
        },
        "subscriptions": state.subscriptions,
        "token_expires_at": iso(facts.token_expires_at) if facts.token_expires_at else None,
        "runs": [_run(each) for each in rows_of(SyncRun, store.id).order_by("-id")[:RUNS_SHOWN]],
        "quarantined": quarantined,
    }  # fmt: skip


def read_words(store_ids: Collection[int]) -> dict[int, Health]:
    """The health of active stores in one word, by the id of the store."""
    now = read_clock()
    return {state.store_id: word_of(state, now) for state in rows_of(SyncState, store_ids)}


def word_of(state: SyncState, now: datetime) -> Health:
    """`error`: the shop refuses the keys or does not answer. `late`: it was not read in time. `silent`: webhooks do not
    arrive or are switched off, so the store lives by polls.
    """
    if state.status != SyncState.Status.ACTIVE:
        return "error"
    if now - state.next_poll_at > LATE_AFTER:
        return "late"
    has_missed = state.last_missed_at is not None and now - state.last_missed_at < MISSED_FOR
    is_off = bool(state.subscriptions) and not are_active(state.subscriptions)
    return "silent" if has_missed or is_off else "ok"


def _run(run: SyncRun) -> dict[str, Any]:
    return {
        "kind": run.kind, "state": run.state, "error": run.error, "notice": run.notice,
        "started_at": iso(run.started_at), "ended_at": iso(run.ended_at), "seen": run.seen, "added": run.added,
        "healed": run.healed, "gone": run.gone,
    }  # fmt: skip
