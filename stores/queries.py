"""Reads of stores for the apps above: frozen facts instead of rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from stores import scope
from stores.models import DEFAULT_ACCOUNT_ID, DEFAULT_FEED, DEFAULT_SLUG, Store, feed_name_of


@dataclass(frozen=True, kw_only=True)
class StoreFacts:
    """What other apps need of a store; `timezone` is the name of its zone, never empty. `seller` is the seller of its
    documents, by the fields of a party.
    """

    id: int
    slug: str
    name: str
    currency: str
    timezone: str
    is_demo: bool
    account_id: int = DEFAULT_ACCOUNT_ID
    prefix: str = ""
    feed: str = ""
    platform: str = "manual"
    status: str = "active"
    invoice_when: str = "paid"
    seller: Mapping[str, Any] = field(default_factory=dict)
    domain: str = ""
    intake_key: str = field(default="", repr=False)


class UnknownStore(LookupError):
    """No store has that slug."""


def read_stores() -> list[StoreFacts]:
    """All stores that the request may see, by slug; the erased ones too."""
    return [facts_of(store) for store in scope.narrow(Store.objects.all(), "pk")]


def read_stores_of(account_ids: Collection[int]) -> list[StoreFacts]:
    """The stores of these accounts, by slug, without the erased ones."""
    rows = Store.objects.filter(account_id__in=account_ids).exclude(status=Store.Status.ERASED)
    return [facts_of(store) for store in rows]


def read_store(slug: str) -> StoreFacts:
    """The store with that slug that the request may see; raises `UnknownStore`."""
    store = scope.narrow(Store.objects.filter(slug=slug), "pk").first()
    if store is None:
        raise UnknownStore(f"{slug[:60]!r} is not a store: use the slug of a store, such as main.")
    return facts_of(store)


def find_store_of_feed(feed: str) -> StoreFacts | None:
    """The store that the feed shows, if the request may see it; None for a feed of no store."""
    slug = DEFAULT_SLUG if feed == DEFAULT_FEED else feed.removeprefix(feed_name_of(""))
    if slug == feed:
        return None
    store = scope.narrow(Store.objects.filter(slug=slug), "pk").first()
    return None if store is None else facts_of(store)


def read_store_by_id(store_id: int) -> StoreFacts:
    """The store with that id, for code outside of requests; raises `UnknownStore`."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        raise UnknownStore(f"There is no store {store_id}.")
    return facts_of(store)


def read_stores_by_id(store_ids: Collection[int]) -> list[StoreFacts]:
    """The stores with these ids, for code outside of requests; those that are not there are left out."""
    return [facts_of(store) for store in Store.objects.filter(pk__in=store_ids)]


def facts_of(store: Store) -> StoreFacts:
    """The facts of a row."""
    return StoreFacts(
        id=store.pk, slug=store.slug, name=store.name, currency=store.currency, timezone=store.zone.key,
        is_demo=store.is_demo, account_id=store.account_id or DEFAULT_ACCOUNT_ID, prefix=store.prefix, feed=store.feed_name,
        invoice_when=store.invoice_when, seller=store.seller, platform=store.platform, status=store.status,
        domain=store.domain, intake_key=store.intake_key,
    )  # fmt: skip
