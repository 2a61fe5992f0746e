"""What changes stores."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from stores.models import DEFAULT_SLUG, DEFAULT_STORE_ID, Store


def ensure_default_store(**_: Any) -> None:
    """Make the store `main` if it is missing. Runs after each migrate."""
    defaults = {"slug": DEFAULT_SLUG, "name": "Main store", "currency": settings.INVOICEDASH_CURRENCY}
    Store.objects.get_or_create(pk=DEFAULT_STORE_ID, defaults=defaults)
