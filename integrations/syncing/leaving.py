"""Removes our webhooks from the shop of a store that is disconnected or erased, once and in the background.

The keys of the store are deleted with the connection: a thread of this process has them until it is done. A shop that does
not answer or refuses the keys keeps its webhooks, which the health of the store says; they lead to nothing from then on.
"""

from __future__ import annotations

import logging
import threading
from contextlib import AbstractContextManager

from django.db import connection, transaction

from integrations.syncing import sync
from integrations.syncing.errors import NotConnected, ShopError
from integrations.syncing.health import ENDED
from integrations.syncing.models import SyncRun
from integrations.syncing.shop import Found, Shop, open_shop, removal_of
from runtime.clock import read_clock
from stores.queries import StoreFacts, read_store_by_id

logger = logging.getLogger(__name__)

THREAD_NAME = "leave-shop"
STAY = "The webhooks are still in the shop: {removal} {reason}"


def leave(store: StoreFacts) -> None:
    """Have the webhooks removed after the commit. Called while the keys are still there."""
    try:
        opening = open_shop(store.id)
    except NotConnected:
        return
    sync.note_left(store.id)
    thread = threading.Thread(target=_leave, args=(store, opening), name=THREAD_NAME, daemon=True)
    transaction.on_commit(thread.start)


def _leave(store: StoreFacts, opening: AbstractContextManager[Shop]) -> None:
    try:
        remove_and_note(store, opening)
    except Exception:
        logger.exception("The webhooks of store %s could not be removed from its shop", store.slug)
    finally:
        connection.close()


def remove_and_note(store: StoreFacts, opening: AbstractContextManager[Shop]) -> None:
    """Remove the webhooks, and record how many there were or why they stay. Nothing where the store is connected again."""
    started_at, found, error = read_clock(), Found(), ""
    if read_store_by_id(store.id).status not in ENDED:
        return
    try:
        with opening as shop:
            found.gone = shop.remove_webhooks()
    except ShopError as refused:
        error = STAY.format(removal=removal_of(store), reason=refused)
    except NotConnected:
        # Keys that have ended cannot be replaced, because what replaces them is deleted.
        error = STAY.format(removal=removal_of(store), reason="The shop does not accept the keys any more.")
    if sync.note_left(store.id, error=error):
        sync.note_run(store.id, SyncRun.Kind.WEBHOOKS, found, started_at=started_at, error=error)
