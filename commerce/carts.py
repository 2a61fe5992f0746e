"""The carts that buyers of a store fill, as its shop reports them: when, and never what is in them. Kept for a day."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncHour

from commerce.models import Cart
from stores.queries import StoreFacts
from stores.rows import rows_of

KEPT = timedelta(days=1)
# A cart that changed so lately is active.
ACTIVE = timedelta(minutes=10)


def note_cart(store: StoreFacts, token: str, *, created_at: datetime) -> None:
    """Record a cart once, by the hash of its token; deletes those of yesterday."""
    rows = rows_of(Cart, store.id)
    rows.filter(created_at__lt=created_at - KEPT).delete()
    digest = hashlib.sha256(token.encode()).digest()
    rows.bulk_create([Cart(store_id=store.id, digest=digest, created_at=created_at)], ignore_conflicts=True)


def count_active(store: StoreFacts, now: datetime) -> int:
    return rows_of(Cart, store.id).filter(created_at__gt=now - ACTIVE, created_at__lte=now).count()


def count_by_hour(store: StoreFacts, since: datetime) -> list[tuple[datetime, int]]:
    """How many carts were begun in each hour since then that has some, oldest first. Hours begin in UTC."""
    rows = rows_of(Cart, store.id).filter(created_at__gte=since)
    hours = rows.annotate(hour=TruncHour("created_at")).values_list("hour").annotate(Count("id")).order_by("hour")
    return list(hours)


def is_known(store: StoreFacts) -> bool:
    """Whether the shop has reported a cart lately."""
    return rows_of(Cart, store.id).exists()
