"""The table of stores."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from runtime.clock import ClockTimestamp
from runtime.timezones import is_timezone

# The store of every series that names no other. Its row is made by the first migration.
DEFAULT_STORE_ID = 1
DEFAULT_SLUG = "main"


def check_timezone(name: str) -> None:
    """Raises `ValidationError` unless `name` is a time zone of the IANA database."""
    if not is_timezone(name):
        raise ValidationError(f"{name[:60]!r} is not a time zone: use a name such as Europe/Berlin or Asia/Riyadh.")


class Store(models.Model):
    """One shop. `slug` never changes. An empty `timezone` is `INVOICEDASH_TIMEZONE`."""

    id = models.BigAutoField(primary_key=True)
    slug = models.SlugField(max_length=35, unique=True)
    name = models.CharField(max_length=100)
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
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that its days and hours lie in."""
        return ZoneInfo(self.timezone or settings.INVOICEDASH_TIMEZONE)
