"""Changes of a store that exists: its settings, and pause, resume, disconnect and erase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from jobs.operations import enqueue
from stores import credentials, states
from stores.letterhead import BadLetterhead
from stores.letterheads import change_letterhead
from stores.models import Store
from stores.opening import BadStore, check_timezone_name
from stores.parts import leave_parts
from stores.queries import facts_of

CHANGEABLE = frozenset({"name", "timezone", "invoice_when", "seller"})
ERASE = "erase-store"


@transaction.atomic
def change_store(store: Store, changes: Mapping[str, Any], letterhead: Mapping[str, str] | None = None) -> Store:
    """Change fields of `CHANGEABLE`, and of the letterhead; raises `BadStore` and `WrongState`."""
    check_is_kept(store)
    assert changes.keys() <= CHANGEABLE
    check_timezone_name(changes.get("timezone", ""))
    for name, value in changes.items():
        setattr(store, name, value)
    if changes:
        store.save(update_fields=list(changes))
    try:
        if letterhead:
            change_letterhead(store.pk, letterhead)
    except BadLetterhead as bad:
        raise BadStore(f"letterhead.{bad.field}", str(bad)) from bad
    return store


def check_is_kept(store: Store) -> None:
    """Raises `WrongState` for a store that is erased."""
    if store.status == Store.Status.ERASED:
        raise states.WrongState(f"Store {store.slug} is erased, so it cannot be changed.")


def pause(store: Store) -> None:
    """Stop to take orders. Documents stay, and nothing is lost: the store is polled again when it resumes."""
    states.move(store, Store.Status.PAUSED)


def resume(store: Store) -> None:
    """Take orders again. A store without its shop becomes active by its connection alone."""
    if store.status == Store.Status.CONNECTING:
        raise states.WrongState(f"Store {store.slug} is not connected yet: POST /api/stores/{store.slug}/connect.")
    states.move(store, Store.Status.CONNECTING if store.lacks_shop else Store.Status.ACTIVE)


@transaction.atomic
def disconnect(store: Store) -> None:
    """End the connection and delete the secrets of the store."""
    if states.move(store, Store.Status.DISCONNECTED):
        _leave(store)


@transaction.atomic
def erase(store: Store, *, created_by: str = "") -> None:
    """Exclude the store at once, and have a job delete its rows. Documents of a real store stay."""
    if states.move(store, Store.Status.ERASED):
        _leave(store)
        enqueue(ERASE, {"store": store.pk}, created_by=created_by, store_id=store.pk)


def _leave(store: Store) -> None:
    leave_parts(facts_of(store))
    credentials.delete_credentials(store.pk, but=credentials.LEAVING)
