"""The connection of an erased store, with the records of its readings. Its secrets are deleted before."""

from __future__ import annotations

from integrations.woocommerce.leaving import leave
from integrations.woocommerce.models import ConnectAttempt, Connection, SyncRun, SyncState
from stores.parts import StorePart, register_part
from stores.queries import StoreFacts
from stores.rows import rows_of


def register() -> None:
    """Register the connections with `stores`."""
    register_part(StorePart(name="connections", leave=leave, delete_some=delete_all))


def delete_all(store: StoreFacts) -> bool:
    """Delete the rows, which are few; returns that none is left."""
    for model in (SyncRun, SyncState, ConnectAttempt, Connection):
        rows_of(model, store.id).filter(store_id=store.id).delete()
    return False
