"""The table of stores."""

from __future__ import annotations

from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from runtime.clock import ClockTimestamp
from runtime.timezones import is_timezone
from stores.models.account import DEFAULT_ACCOUNT_ID, Account

# The store of every series that names no other. Its row is made by the first migration.
DEFAULT_STORE_ID = 1
DEFAULT_SLUG = "main"
DEFAULT_FEED = "live"


def check_timezone(name: str) -> None:
    """Raises `ValidationError` unless `name` is a time zone of the IANA database."""
    if not is_timezone(name):
        raise ValidationError(f"{name[:60]!r} is not a time zone: use a name such as Europe/Berlin or Asia/Riyadh.")


class Store(models.Model):
    """One shop. `slug` never changes. An empty `timezone` is `INVOICEDASH_TIMEZONE`. `stores.states` has the moves of
    `status`.
    """

    class Platform(models.TextChoices):
        SHOPIFY = "shopify", "Shopify"
        WOOCOMMERCE = "woocommerce", "WooCommerce"
        SHOP = "shop", "our own shop"
        MANUAL = "manual", "none"

    class Status(models.TextChoices):
        CONNECTING = "connecting"
        ACTIVE = "active"
        PAUSED = "paused"
        DISCONNECTED = "disconnected"
        ERASED = "erased"

    class InvoiceWhen(models.TextChoices):
        PAID = "paid"
        FULFILLED = "fulfilled"

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, default=DEFAULT_ACCOUNT_ID, db_default=DEFAULT_ACCOUNT_ID
    )
    slug = models.SlugField(max_length=35, unique=True)
    name = models.CharField(max_length=100)
    platform = models.CharField(
        max_length=11, choices=Platform, default=Platform.MANUAL, db_default=Platform.MANUAL.value
    )
    # The host of the shop; empty until it is connected.
    domain = models.CharField(max_length=253, blank=True, default="", db_default="")
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE, db_default=Status.ACTIVE.value)
    prefix = models.CharField("prefix of its series", max_length=17, blank=True, default="", db_default="")
    invoice_when = models.CharField(
        "invoices an order when it is", max_length=9, choices=InvoiceWhen, default=InvoiceWhen.PAID,
        db_default=InvoiceWhen.PAID.value,
    )  # fmt: skip
    # The seller of its documents: the fields of a party in POST /api/invoices. Empty: its name alone.
    seller = models.JSONField(blank=True, default=dict, db_default={})
    # The part of the address that a shop sends its webhooks to. It cannot be guessed.
    intake_key = models.CharField(max_length=43, blank=True, default="", db_default="", editable=False)
    currency = models.CharField(max_length=3, validators=[RegexValidator(r"^[A-Z]{3}\Z", "Use a code such as EUR.")])
    timezone = models.CharField(
        "time zone",
        max_length=63,
        blank=True,
        default="",
        validators=[check_timezone],
        help_text="Where a day of this store begins. Empty: INVOICEDASH_TIMEZONE. Figures change at the next rebuild.",
    )
    is_demo = models.BooleanField(
        "demonstration", default=False, help_text="Counts in no figure unless this store is chosen."
    )
    created_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="store_currency_is_code"),
            models.CheckConstraint(condition=~Q(name=""), name="store_is_named"),
            models.CheckConstraint(
                condition=Q(status__in=["connecting", "active", "paused", "disconnected", "erased"]),
                name="store_status_is_known",
            ),
            models.UniqueConstraint(fields=["intake_key"], condition=~Q(intake_key=""), name="store_intake_key_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that its days and hours lie in."""
        return ZoneInfo(self.timezone or settings.INVOICEDASH_TIMEZONE)

    @property
    def owner(self) -> Account:
        """Its account. The default of the column hides the type from the checker."""
        return cast(Account, self.account)

    @property
    def lacks_shop(self) -> bool:
        """Whether the store is for a shop, and was never connected with one."""
        return self.platform in (self.Platform.SHOPIFY, self.Platform.WOOCOMMERCE) and not self.domain

    @property
    def feed_name(self) -> str:
        """The feed that shows its documents."""
        return DEFAULT_FEED if self.pk == DEFAULT_STORE_ID else feed_name_of(self.slug)


def feed_name_of(slug: str) -> str:
    """The name of the feed of a store other than the default one."""
    return f"store-{slug}"
