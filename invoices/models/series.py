"""Series: they hand out ordinals without a gap."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from invoices import numbering
from invoices.numbering import LONGEST_PATTERN
from invoices.triggers import SERIES_TRIGGERS
from runtime.clock import ClockTimestamp
from stores.models import DEFAULT_STORE_ID
from streaming.models import Feed

DOCUMENT_KINDS = {"invoice": "invoice", "credit_note": "credit note"}


class Series(models.Model):
    """Hands out ordinals without a gap, in the transaction that issues; its prefix makes them numbers."""

    class Kind(models.TextChoices):
        INTERNAL = "internal", "internal (ours, gapless, audited)"
        EXTERNAL = "external", "external (a source's own numbers)"
        TEST = "test", "test (never revenue)"
        PURCHASE = "purchase", "purchase (bills of suppliers, never revenue)"

    id = models.BigAutoField(primary_key=True)
    prefix = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    document = models.CharField("holds", max_length=11, choices=DOCUMENT_KINDS, default="invoice", db_default="invoice")
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT)
    # No index: there are few series, and nothing is looked up by it while documents are issued.
    store = models.ForeignKey(
        "stores.Store", on_delete=models.PROTECT, default=DEFAULT_STORE_ID, db_default=DEFAULT_STORE_ID, db_index=False
    )
    last_ordinal = models.BigIntegerField("issued", default=0)
    opened_at = models.DateTimeField(db_default=ClockTimestamp())
    closed_at = models.DateTimeField(null=True, blank=True)
    is_emptied = models.BooleanField("rows deleted", default=False)
    # The hash chain of what is real: its head, and the ordinal that it begins at (docs/decisions/0012).
    chain_head = models.BinaryField(null=True, blank=True, editable=False)
    chain_start = models.BigIntegerField(default=1, db_default=1, editable=False)
    # Empty: the day of a document is the one in the offset that its date was given with.
    timezone = models.CharField("time zone", max_length=63, blank=True, default="", db_default="")
    # Empty: the printed number is the invoice number.
    pattern = models.CharField(
        "pattern of printed numbers", max_length=LONGEST_PATTERN, blank=True, default="", db_default=""
    )
    start = models.BigIntegerField("first printed counter", default=1, db_default=1)
    # A yearly series has a row for each year; all rows have the first one's prefix as `root`.
    is_yearly = models.BooleanField("counts again each year", default=False, db_default=False)
    year = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    root = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
    allows_zero_totals = models.BooleanField("may hold totals of zero", default=False, db_default=False)

    class Meta:
        verbose_name_plural = "series"
        triggers = SERIES_TRIGGERS
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["internal", "external", "test", "purchase"]), name="series_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(document__in=["invoice", "credit_note"]), name="series_document_is_known"
            ),
            models.CheckConstraint(condition=Q(closed_at__isnull=True) | Q(kind="test"), name="only_test_series_close"),
            models.UniqueConstraint(
                fields=["feed", "document"],
                condition=Q(kind="test", closed_at__isnull=True),
                name="one_open_test_series",
            ),
            models.UniqueConstraint(fields=["root", "year"], condition=~Q(root=""), name="one_series_of_a_year"),
            models.CheckConstraint(condition=Q(start__gte=0), name="series_start_counts"),
            models.CheckConstraint(
                condition=Q(is_yearly=False) | Q(year__isnull=False) & ~Q(root="") & ~Q(pattern=""),
                name="yearly_series_has_a_year",
            ),
        ]

    def __str__(self) -> str:
        return self.prefix

    def number(self, ordinal: int) -> str:
        """The invoice number of `ordinal`, URL-safe, in the order of issue up to six digits."""
        return f"{self.prefix}-{ordinal:06d}"

    def printed_number(self, ordinal: int, day: date, given: str | None = None) -> str:
        """What the customer sees, where that is not the invoice number; else empty. `given` is the source's own number."""
        if given is not None:
            return given
        if not self.pattern:
            return ""
        return numbering.printed(self.pattern, counter=self.start + ordinal - 1, year=self.year or day.year)

    def day_of(self, moment: datetime) -> date:
        """The invoice date of `moment`: the day in the zone of the series, or in the offset of `moment` itself."""
        return (moment.astimezone(ZoneInfo(self.timezone)) if self.timezone else moment).date()
