"""What every database has: the account `main` with the store `main`."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from stores.models import DEFAULT_ACCOUNT_ID, DEFAULT_ACCOUNT_SLUG, DEFAULT_SLUG, DEFAULT_STORE_ID, Account, Store

# The series of the default store have this prefix (`invoices.series`).
DEFAULT_PREFIX = "INV"


def ensure_default_store(**_: Any) -> None:
    """Make the default account and its store where they are missing. Runs after each migrate."""
    Account.objects.get_or_create(
        pk=DEFAULT_ACCOUNT_ID, defaults={"slug": DEFAULT_ACCOUNT_SLUG, "name": "Main account"}
    )
    defaults = {
        "slug": DEFAULT_SLUG, "name": "Main store", "currency": settings.INVOICEDASH_CURRENCY, "prefix": DEFAULT_PREFIX,
    }  # fmt: skip
    Store.objects.get_or_create(pk=DEFAULT_STORE_ID, defaults=defaults)
