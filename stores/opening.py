"""Opening a store: its row, its feed, and what the apps above keep for it, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from runtime.currencies import ISSUED_CURRENCIES
from runtime.timezones import is_timezone
from stores import parts
from stores.connecting import new_intake_key
from stores.models import Account, Store
from stores.queries import facts_of
from stores.slugs import LONGEST_PREFIX, make_prefix, make_slug
from streaming import feed as feeds

# Mode `every`, which a new feed has, at this rate: a sale is on the screen at once.
DISPLAY_RATE = Decimal(20)
CONNECTED = frozenset({Store.Platform.SHOPIFY, Store.Platform.WOOCOMMERCE})


class BadStore(ValueError):
    """A value of the store is not valid; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A store as callers describe it. An empty `prefix` is made from the slug."""

    name: str
    currency: str
    platform: str = Store.Platform.MANUAL
    timezone: str = ""
    prefix: str = ""
    invoice_when: str = Store.InvoiceWhen.PAID
    seller: Mapping[str, Any] = field(default_factory=dict)
    is_demo: bool = False


@transaction.atomic
def open_store(account: Account, wanted: Wanted) -> Store:
    """Open the store; raises `BadStore`. Stores of one account open one after the other: the row of the account is
    locked.
    """
    _check(wanted)
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    slug = make_slug(wanted.name, is_taken=lambda slug: Store.objects.filter(slug=slug).exists())
    is_connecting = wanted.platform in CONNECTED
    store = Store.objects.create(
        account=account, slug=slug, name=wanted.name, currency=wanted.currency, timezone=wanted.timezone,
        platform=wanted.platform, invoice_when=wanted.invoice_when, seller=dict(wanted.seller), is_demo=wanted.is_demo,
        prefix=wanted.prefix or _free_prefix(account, slug), intake_key=new_intake_key(),
        status=Store.Status.CONNECTING if is_connecting else Store.Status.ACTIVE,
    )  # fmt: skip
    feeds.open_feed(store.feed_name, rate_per_second=DISPLAY_RATE)
    parts.open_parts(facts_of(store))
    return store


def _free_prefix(account: Account, slug: str) -> str:
    """A prefix that no store of the account has. Slugs are unique, and their beginnings are not."""
    prefix, mine = make_prefix(slug), Store.objects.filter(account=account)
    while mine.filter(prefix=prefix).exists():
        prefix = f"{prefix[: LONGEST_PREFIX - 5].strip('-')}-{secrets.token_hex(2).upper()}"
    return prefix


def check_timezone_name(name: str) -> None:
    """Raises `BadStore` unless `name` is empty or a time zone of the IANA database."""
    if name and not is_timezone(name):
        raise BadStore("timezone", f"{name[:60]!r} is not a time zone: use a name such as Europe/Berlin.")


def _check(wanted: Wanted) -> None:
    if wanted.currency not in ISSUED_CURRENCIES:
        raise BadStore(
            "currency",
            f"{wanted.currency[:10]!r} is not a currency with two or no decimals: use a code of ISO 4217 such as EUR.",
        )
    check_timezone_name(wanted.timezone)
