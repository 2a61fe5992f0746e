"""Removes our webhooks from the shop of a store that is disconnected or erased, once and in the background.

The keys of the store are deleted with the connection: a thread of this process has them until it is done. A shop that does
not answer or refuses the keys keeps its webhooks, which the health of the store says; they get 404 from then on.
"""

from __future__ import annotations

import logging
import threading

from django.db import connection, transaction

from integrations.woocommerce import connections, sync
from integrations.woocommerce.connections import NotConnected, ShopConnection
from integrations.woocommerce.health import ENDED
from integrations.woocommerce.models import SyncRun
from runtime.clock import read_clock
from stores.queries import StoreFacts, read_store_by_id

logger = logging.getLogger(__name__)

THREAD_NAME = "woocommerce-leave"
STAY = (
    "The webhooks are still in the shop: delete them there under WooCommerce > Settings > Advanced > Webhooks. {reason}"
)


def leave(store: StoreFacts) -> None:
    """Have the webhooks removed after the commit. Called while the keys are still there."""
    try:
        shop = connections.read_connection(store.id)
    except NotConnected:
        return
    sync.note_left(store.id)
    thread = threading.Thread(target=_leave, args=(shop,), name=THREAD_NAME, daemon=True)
    transaction.on_commit(thread.start)


def _leave(shop: ShopConnection) -> None:
    try:
        remove_and_note(shop)
    except Exception:
        logger.exception("The webhooks of store %s could not be removed from its shop", shop.store.slug)
    finally:
        connection.close()


def remove_and_note(shop: ShopConnection) -> None:
    """Remove the webhooks, and record how many there were or why they stay. Nothing where the store is connected again."""
    # Every process that serves pages imports this module; the client of shops is for those that ask shops.
    from integrations.woocommerce.client import ShopClient
    from integrations.woocommerce.errors import ShopError
    from integrations.woocommerce.subscriptions import remove_webhooks
    from integrations.woocommerce.taking import Found

    started_at, found, error = read_clock(), Found(), ""
    if read_store_by_id(shop.store.id).status not in ENDED:
        return
    try:
        with ShopClient(shop) as client:
            found.gone = remove_webhooks(shop, client)
    except ShopError as refused:
        error = STAY.format(reason=refused)
    if sync.note_left(shop.store.id, error=error):
        sync.note_run(shop.store.id, SyncRun.Kind.WEBHOOKS, found, started_at=started_at, error=error)
