"""Removes our webhooks from the shop of a store that was disconnected or erased. A job, soon after the commit.

The keys of the store are deleted with the connection. What the removal needs is kept as one secret, which the job deletes.
A shop that does not answer or refuses the keys keeps its webhooks: the health of the store says so, and they lead to
nothing from then on.
"""

from __future__ import annotations

import json

from integrations.syncing import sync
from integrations.syncing.errors import NotConnected, ShopError
from integrations.syncing.health import ENDED
from integrations.syncing.models import SyncRun
from integrations.syncing.shop import Found, keys_of, open_left, removal_of
from jobs.operations import enqueue
from jobs.registry import Report
from jobs.work import JobFailed, Work
from runtime.clock import read_clock
from stores.credentials import (
    LEAVING,
    UnknownCredential,
    delete_credential,
    read_credential,
    write_credential,
)
from stores.queries import StoreFacts, UnknownStore, read_store_by_id

JOB = "leave-shop"
STAY = "The webhooks are still in the shop: {removal} {reason}"
REFUSED = "The shop does not accept the keys any more."


def leave(store: StoreFacts) -> None:
    """Have the webhooks removed after the commit. Called while the keys are still there."""
    try:
        kept = keys_of(store)
    except NotConnected:
        return
    write_credential(store.id, LEAVING, json.dumps(kept))
    sync.note_left(store.id)
    enqueue(JOB, {"store": store.id}, store_id=store.id)


def remove_webhooks(work: Work) -> Report:
    """Remove them where the store is still without its shop. It may run twice."""
    try:
        store = read_store_by_id(work.arguments["store"])
        kept = json.loads(read_credential(store.id, LEAVING))
    except (UnknownStore, UnknownCredential):
        return {"removed": 0}
    found, error = Found(), ""
    if store.status in ENDED:
        error = _remove(store, kept, found)
    delete_credential(store.id, LEAVING)
    if error:
        raise JobFailed(error)
    return {"removed": found.gone}


def _remove(store: StoreFacts, kept: dict[str, str], found: Found) -> str:
    """Remove the webhooks, and record how many there were or why they stay."""
    started_at, error = read_clock(), ""
    try:
        with open_left(store, kept) as shop:
            found.gone = shop.remove_webhooks()
    except ShopError as refused:
        error = STAY.format(removal=removal_of(store), reason=refused)
    except NotConnected:
        # Keys that have ended cannot be replaced, because what replaces them is deleted.
        error = STAY.format(removal=removal_of(store), reason=REFUSED)
    if sync.note_left(store.id, error=error):
        sync.note_run(store.id, SyncRun.Kind.WEBHOOKS, found, started_at=started_at, error=error)
    return error
