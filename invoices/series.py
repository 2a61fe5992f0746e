"""Which series a feed's invoices are numbered in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.apps import apps as installed
from django.db.models import DateTimeField, Max, QuerySet, Value
from django.db.models.functions import Greatest

from invoices.documents.types import Kind
from invoices.models import Series, Totals
from runtime.clock import ClockTimestamp
from stores.models import DEFAULT_FEED
from stores.scope import narrow

DEMO_PREFIX = "DEMO"
LIVE_PREFIX = "INV"
CREDIT_PREFIX = "CN"
PREFIX = re.compile(r"[A-Z0-9]([A-Z0-9-]{0,18}[A-Z0-9])?", re.ASCII)


class WrongSeries(ValueError):
    """No such series can be had: its prefix is none, or belongs to a series of another sort."""


class SeriesClosed(RuntimeError):
    """The series takes no more invoices: it was purged."""


def ensure_series(*, apps: Any = installed, **_: Any) -> None:
    """Open what every database begins with: a test series on `demo`, two of ours on `live`.

    Runs after each migration; `apps` are the models as they are then. An older table is left alone.
    """
    if not _is_present(apps):
        return
    if not Series.objects.filter(feed_id="demo", kind=Series.Kind.TEST, closed_at=None).exists():
        open_test_series()
    ensure(prefix=LIVE_PREFIX, kind=Series.Kind.INTERNAL)
    ensure(prefix=CREDIT_PREFIX, kind=Series.Kind.INTERNAL, document=Kind.CREDIT_NOTE)


def _is_present(apps: Any) -> bool:
    """Whether the table of series has all columns of the model."""
    try:
        migrated = apps.get_model("invoices", "Series")
    except LookupError:
        return False
    return {field.name for field in Series._meta.fields} <= {field.name for field in migrated._meta.fields}


def ensure(*, prefix: str, kind: str, document: str = Kind.INVOICE) -> Series:
    """The series of that prefix, opened on the feed `live` if it is not there; raises `WrongSeries` when it is of another
    sort.

    `kind` is one of `Series.Kind`, `document` what it holds: invoices or credit notes.
    """
    wanted = {"kind": str(kind), "document": str(document)}
    found = Series.objects.filter(prefix=prefix).first()
    if found is None:
        check_prefix(prefix)
        found, _ = Series.objects.get_or_create(prefix=prefix, defaults={"feed_id": DEFAULT_FEED, **wanted})
    if not narrow(Series.objects.filter(pk=found.pk), "store_id").exists():
        raise WrongSeries(f"Prefix {prefix} cannot be used here: use another one.")
    if any(getattr(found, field) != value for field, value in wanted.items()):
        held = f"{found.kind}, on feed {found.feed_id}, and holds {found.get_document_display()}s"
        raise WrongSeries(f"Series {prefix} is {held}; take another prefix, such as {_other_prefix(prefix, document)}.")
    return found


def that_numbers(prefix: str, document: str) -> Series:
    """The open series of that prefix that makes its own numbers; raises `WrongSeries` where there is none."""
    found = narrow(Series.objects.filter(prefix=prefix, closed_at=None), "store_id").first()
    if found is None:
        raise WrongSeries(
            f"There is no series {prefix[:40]!r} that makes numbers; leave series out for ours, or open it first."
        )
    if found.kind == Series.Kind.EXTERNAL or found.document != document:
        held = f"{found.kind} and holds {found.get_document_display()}s"
        raise WrongSeries(f"Series {prefix} is {held}; use one that makes numbers for {document.replace('_', ' ')}s.")
    return found


def sales_of(feed: str) -> QuerySet[Series]:
    """The open series of `feed` whose documents are sales: supplier bills are on no screen and in no figure."""
    return Series.objects.filter(feed_id=feed, closed_at=None).exclude(kind=Series.Kind.PURCHASE)


def of_year(series: Series, year: int) -> Series:
    """The row of the yearly `series` for `year`, opened if it is not there, with the same pattern, counting from 1."""
    if series.year == year:
        return series
    found = Series.objects.filter(root=series.root, year=year).first()
    if found is None:
        copied = (
            "kind",
            "document",
            "feed_id",
            "store_id",
            "timezone",
            "pattern",
            "root",
            "is_yearly",
            "allows_zero_totals",
        )
        values = {name: getattr(series, name) for name in copied}
        found, _ = Series.objects.get_or_create(prefix=f"{series.root}-{year}", defaults=values | {"year": year})
    return found


def check_prefix(prefix: str) -> None:
    """Generated invoices have their prefixes to themselves: each purge takes the next."""
    if not PREFIX.fullmatch(prefix):
        raise WrongSeries(
            f"{prefix[:40]!r} is not a valid prefix: use up to 20 capitals, digits and dashes, such as SHOP."
        )
    if re.fullmatch(rf"{DEMO_PREFIX}[0-9]*", prefix):
        raise WrongSeries(f"Prefix {prefix} is kept for generated invoices; take another, such as SHOP.")


def _other_prefix(prefix: str, document: str) -> str:
    return f"{prefix[:16]}-{'CN' if document == Kind.CREDIT_NOTE else 'INV'}"


def open_test_series() -> Series:
    """Open the next test series of the `demo` feed; its prefix says the how manieth it is.

    It opens after the last change of the totals even when the clock was set back: their `as_of` never falls.
    """
    count = Series.objects.filter(feed_id="demo", kind=Series.Kind.TEST).count()
    last_change = Totals.objects.filter(series__feed_id="demo").aggregate(at=Max("changed_at"))["at"]
    after_it = Value(last_change and last_change + timedelta(microseconds=1), output_field=DateTimeField())
    return Series.objects.create(
        prefix=f"{DEMO_PREFIX}{count + 1}",
        kind=Series.Kind.TEST,
        feed_id="demo",
        opened_at=Greatest(ClockTimestamp(), after_it),
    )


def current_test_series() -> Series:
    """The open test series of the `demo` feed."""
    return Series.objects.get(feed_id="demo", kind=Series.Kind.TEST, document=Kind.INVOICE, closed_at=None)


def lock_current_test_series() -> Series:
    """The open test series of the `demo` feed, locked until the commit: no purge closes it meanwhile.

    A caller that waited for a purge finds its series closed, and must look again for the next one.
    """
    current = Series.objects.select_for_update().filter(feed_id="demo", kind=Series.Kind.TEST, closed_at=None)
    while (found := current.first()) is None:
        current_test_series()
    return found


def close(series: Series) -> None:
    """Take a test series out of every answer; its rows are deleted by the sweep."""
    Series.objects.filter(pk=series.pk, closed_at=None).update(closed_at=ClockTimestamp())
