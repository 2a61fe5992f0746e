"""Which series a feed's invoices are numbered in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, Max, Value
from django.db.models.functions import Greatest

from invoices.models import Series, Totals
from streaming.models import ClockTimestamp

DEMO_PREFIX = "DEMO"
LIVE_PREFIX = "INV"


class SeriesClosed(RuntimeError):
    """The series takes no more invoices: it was purged."""


def ensure_series(**_: Any) -> None:
    """Open what every database begins with: a test series on `demo`, one of ours on `live`. Runs after each migrate."""
    if not Series.objects.filter(feed_id="demo", closed_at=None).exists():
        open_test_series()
    Series.objects.get_or_create(prefix=LIVE_PREFIX, defaults={"kind": Series.Kind.INTERNAL, "feed_id": "live"})


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
    return Series.objects.get(feed_id="demo", kind=Series.Kind.TEST, closed_at=None)


def lock_current_test_series() -> Series:
    """The open test series of the `demo` feed, locked until the commit: nobody closes it meanwhile.

    Whoever waited for a purge finds its series closed, and the next one only by looking again.
    """
    current = Series.objects.select_for_update().filter(feed_id="demo", kind=Series.Kind.TEST, closed_at=None)
    while (found := current.first()) is None:
        current_test_series()
    return found


def close(series: Series) -> None:
    """Take a test series out of every answer; its rows are deleted by the sweep."""
    Series.objects.filter(pk=series.pk, closed_at=None).update(closed_at=ClockTimestamp())
