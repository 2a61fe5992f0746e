"""The JSON form of a store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from stores.health import Health, read_health
from stores.letterhead import PLAIN, TEXTS, Letterhead
from stores.letterheads import read_looks
from stores.models import Store

Platform = Store.Platform


def present_store(store: Store) -> dict[str, Any]:
    """The store as the API answers it, without any secret but the address of its intake."""
    [found] = present_stores([store])
    return found


def present_stores(stores: Sequence[Store]) -> list[dict[str, Any]]:
    """The stores as the API answers them."""
    health, looks = read_health(stores), read_looks([store.pk for store in stores])
    return [_present(store, health[store.pk]) | _present_look(store, looks.get(store.pk)) for store in stores]


def _present(store: Store, health: Health) -> dict[str, Any]:
    return {
        "slug": store.slug, "name": store.name, "account": store.owner.slug, "platform": store.platform,
        "domain": store.domain, "status": store.status, "currency": store.currency, "timezone": store.zone.key,
        "feed": store.feed_name, "series": store.prefix, "invoice_when": store.invoice_when,
        "intake_url": intake_url(store), "is_demo": store.is_demo,
        "health": health, "seller": store.seller or None,
    }  # fmt: skip


def _present_look(store: Store, look: tuple[Letterhead, bool] | None) -> dict[str, Any]:
    letterhead, has_logo = look or (PLAIN, False)
    texts = {name: getattr(letterhead, name) for name in TEXTS}
    return {"letterhead": {**texts, "logo": f"/api/stores/{store.slug}/logo" if has_logo else None}}


def intake_url(store: Store) -> str | None:
    """Where the shop sends its webhooks; None for a store without a shop."""
    if store.platform == Platform.WOOCOMMERCE:
        return f"{settings.PUBLIC_URL}/in/woocommerce/{store.intake_key}/"
    return f"{settings.PUBLIC_URL}/in/shopify/" if store.platform == Platform.SHOPIFY else None
