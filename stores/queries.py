"""Reads of stores for the apps above: frozen facts instead of rows."""

from __future__ import annotations

from dataclasses import dataclass

from stores.models import Store


@dataclass(frozen=True, kw_only=True)
class StoreFacts:
    """What other apps need of a store; `timezone` is the name of its zone, never empty."""

    id: int
    slug: str
    name: str
    currency: str
    timezone: str
    is_demo: bool


class UnknownStore(LookupError):
    """No store has that slug."""


def read_stores() -> list[StoreFacts]:
    """All stores, by slug."""
    return [_facts(store) for store in Store.objects.all()]


def read_store(slug: str) -> StoreFacts:
    """The store with that slug; raises `UnknownStore`."""
    store = Store.objects.filter(slug=slug).first()
    if store is None:
        raise UnknownStore(f"{slug[:60]!r} is not a store: use the slug of a store, such as main.")
    return _facts(store)


def _facts(store: Store) -> StoreFacts:
    return StoreFacts(
        id=store.pk, slug=store.slug, name=store.name, currency=store.currency,
        timezone=store.zone.key, is_demo=store.is_demo,
    )  # fmt: skip
