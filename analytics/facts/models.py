"""The tables of facts: sums of documents, and how far they are folded.

Rows are written by SQL in this app alone. All sums are positive; `kind` says what a document does to a figure. No row has
a foreign key to documents: facts are deleted and made again at any time.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from runtime.clock import ClockTimestamp


def _money() -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=24, decimal_places=2)


class Generation(models.Model):
    """One complete set of facts. Answers come from the current one; a rebuild makes the next beside it."""

    number = models.IntegerField(primary_key=True)
    is_current = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(is_current=True), name="one_current_generation")
        ]

    def __str__(self) -> str:
        return f"generation {self.number}"


class Zone(models.Model):
    """The time zone that the days of a store lie in, in one generation. Its row is also the lock of the store's customers."""

    pk = models.CompositePrimaryKey("generation", "store_id")
    generation = models.IntegerField()
    store_id = models.BigIntegerField()
    timezone = models.CharField(max_length=63)

    def __str__(self) -> str:
        return f"{self.timezone} of store {self.store_id}"


class Watermark(models.Model):
    """How far the documents of a series are in the facts of a group of rollups: up to ordinal `folded_to`."""

    pk = models.CompositePrimaryKey("generation", "group", "series_id")
    generation = models.IntegerField()
    group = models.CharField(max_length=10)
    series_id = models.BigIntegerField("series")
    folded_to = models.BigIntegerField(default=0, db_default=0)
    folded_at = models.DateTimeField(db_default=ClockTimestamp())

    def __str__(self) -> str:
        return f"{self.group} of series {self.series_id} to {self.folded_to}"


class _Sums(models.Model):
    """What the rows of every rollup begin with."""

    generation = models.IntegerField()
    series_id = models.BigIntegerField("series")
    store_id = models.BigIntegerField("store")
    kind = models.CharField(max_length=11)
    currency = models.CharField(max_length=3)

    class Meta:
        abstract = True


class _DocumentSums(_Sums):
    """Sums over documents."""

    documents = models.BigIntegerField()
    subtotal = _money()
    vat = _money()
    total = _money()

    class Meta:
        abstract = True


class _LineSums(_Sums):
    """Sums over the lines of documents."""

    lines = models.BigIntegerField()
    quantity = models.DecimalField(max_digits=30, decimal_places=6)
    net = _money()

    class Meta:
        abstract = True


class Hour(_DocumentSums):
    """Documents by hour of the store's zone. A day is the sum of its 23, 24 or 25 hours."""

    pk = models.CompositePrimaryKey("generation", "series_id", "hour_at", "currency")
    hour_at = models.DateTimeField()
    local_day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["generation", "store_id", "local_day"], name="hour_of_day")]


class Day(_DocumentSums):
    """Documents by day: the sums of its hours."""

    pk = models.CompositePrimaryKey("generation", "series_id", "local_day", "currency")
    local_day = models.DateField()


class DayCategory(_LineSums):
    """Lines by day and category. What lines leave of the subtotals (no lines, document allowances) is under ``."""

    pk = models.CompositePrimaryKey("generation", "series_id", "local_day", "category", "currency")
    local_day = models.DateField()
    category = models.CharField(max_length=100)


class DayCountry(_DocumentSums):
    """Documents by day and country of the buyer; those without one are under ``."""

    pk = models.CompositePrimaryKey("generation", "series_id", "local_day", "country", "currency")
    local_day = models.DateField()
    country = models.CharField(max_length=100)


class MonthProduct(_LineSums):
    """Lines by month and product code; the rest as in `DayCategory`."""

    pk = models.CompositePrimaryKey("generation", "series_id", "month", "product_code", "currency")
    month = models.DateField()
    product_code = models.CharField(max_length=100)


class RefundSaleDay(_DocumentSums):
    """Credit notes by the day of the invoice that they correct, or by their own day without one."""

    pk = models.CompositePrimaryKey("generation", "series_id", "local_day", "currency")
    local_day = models.DateField()


class Customer(models.Model):
    """A random id for a buyer of a store. `digest` is of what identifies the buyer; without it the link is cut."""

    id = models.BigAutoField(primary_key=True)
    store_id = models.BigIntegerField()
    digest = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store_id", "digest"], name="customer_once")]

    def __str__(self) -> str:
        return f"customer {self.pk}"


class CustomerDay(_Sums):
    """Documents by customer and day; those without a known buyer are under customer 0."""

    pk = models.CompositePrimaryKey("generation", "series_id", "customer_id", "local_day", "currency")
    customer_id = models.BigIntegerField()
    local_day = models.DateField()
    documents = models.BigIntegerField()
    net = _money()

    class Meta:
        indexes = [
            models.Index(fields=["generation", "store_id", "local_day"], name="customer_day_of_day"),
            models.Index(fields=["generation", "customer_id"], name="customer_day_of_customer"),
        ]


class FirstPurchase(models.Model):
    """The day of a customer's first invoice."""

    pk = models.CompositePrimaryKey("generation", "customer_id")
    generation = models.IntegerField()
    customer_id = models.BigIntegerField()
    store_id = models.BigIntegerField()
    first_day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["generation", "store_id", "first_day"], name="first_purchase_of_day")]

    def __str__(self) -> str:
        return f"customer {self.customer_id} on {self.first_day}"


class Cohort(models.Model):
    """Customers whose first purchase was in `first_month`: how many bought in `month`, and their net.

    With an empty `currency` customers count once, whatever they paid in, and `net` is 0.
    """

    pk = models.CompositePrimaryKey("generation", "store_id", "first_month", "month", "currency")
    generation = models.IntegerField()
    store_id = models.BigIntegerField()
    first_month = models.DateField()
    month = models.DateField()
    currency = models.CharField(max_length=3, blank=True)
    customers = models.BigIntegerField()
    net = _money()

    def __str__(self) -> str:
        return f"cohort {self.first_month:%Y-%m} in {self.month:%Y-%m}"


class Restatement(models.Model):
    """A closed day whose figures changed: before, after and why."""

    id = models.BigAutoField(primary_key=True)
    store_id = models.BigIntegerField("store")
    local_day = models.DateField("day")
    currency = models.CharField(max_length=3)
    why = models.CharField(max_length=60)
    before_count = models.BigIntegerField("invoices before")
    before_revenue = _money()
    after_count = models.BigIntegerField("invoices after")
    after_revenue = _money()
    restated_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        indexes = [models.Index(fields=["store_id", "local_day"], name="restatement_of_day")]

    def __str__(self) -> str:
        return f"{self.local_day} {self.currency}: {self.before_revenue} to {self.after_revenue}"


class Audit(models.Model):
    """The result of a comparison of all figures with their documents."""

    id = models.BigAutoField(primary_key=True)
    audited_at = models.DateTimeField("at", db_default=ClockTimestamp())
    is_equal = models.BooleanField("equal")
    bucket_count = models.BigIntegerField("buckets compared")
    difference_count = models.BigIntegerField("differences")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.bucket_count} buckets, {self.difference_count} different"
