"""What a connector changes of a store: its shop, its state, and the address of its webhooks."""

from __future__ import annotations

import secrets

from django.db import transaction

from runtime.currencies import ISSUED_CURRENCIES
from stores import credentials, states
from stores.models import Store
from stores.queries import StoreFacts, UnknownStore, facts_of
from stores.states import WrongState

INTAKE_KEY_BYTES = 32
Platform, Status = Store.Platform, Store.Status


def new_intake_key() -> str:
    """The part of an address that cannot be guessed."""
    return secrets.token_urlsafe(INTAKE_KEY_BYTES)


def find_by_intake_key(platform: str, intake_key: str) -> StoreFacts:
    """The store that the webhooks at this address belong to; raises `UnknownStore`."""
    found = Store.objects.filter(platform=platform, intake_key=intake_key).exclude(intake_key="").first()
    if found is None:
        raise UnknownStore("No store has this address.")
    return facts_of(found)


@transaction.atomic
def connect(store_id: int, *, platform: str, domain: str, currency: str = "") -> None:
    """Make the store active with a shop whose keys are proved; a paused store stays paused. Raises `WrongState`.

    A store that was opened for a shop gets the `currency` of its first one, whatever its owner chose before: sales in
    another currency would be missing from its figures.
    """
    store = Store.objects.select_for_update(no_key=True).get(pk=store_id)
    check_connectable(store, platform)
    if store.lacks_shop and currency in ISSUED_CURRENCIES:
        store.currency = currency
    store.platform, store.domain = platform, domain[:253]
    store.intake_key = store.intake_key or new_intake_key()
    if store.status != Status.PAUSED:
        store.status = Status.ACTIVE
    store.save(update_fields=["platform", "domain", "intake_key", "status", "currency"])


@transaction.atomic
def disconnect(store_id: int) -> None:
    """End a connection that the shop has ended, and delete the secrets of the store; the shop is asked for nothing.

    Raises `WrongState` and `DefaultStore`.
    """
    if states.move(Store.objects.get(pk=store_id), Status.DISCONNECTED):
        credentials.delete_credentials(store_id)


def check_connectable(store: Store | StoreFacts, platform: str) -> None:
    """Raises `WrongState` where the store is erased, or belongs to another platform."""
    if store.status == Status.ERASED:
        raise WrongState(f"Store {store.slug} is erased: open another store.")
    if store.platform not in (Platform.MANUAL, platform):
        raise WrongState(f"Store {store.slug} is a store of {store.platform}: open another store for {platform}.")
