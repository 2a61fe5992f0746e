"""Selects invoices by their day, which is the invoice date in the zone of their series."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q

# No zone is further from UTC, so the index of dates narrows the search.
_MARGIN = timedelta(days=1)


def within_days(first: date | None, last: date | None) -> Q:
    """The condition for invoices from `first` to `last`, both included; None leaves that side open.

    Generated invoices, and those of before days were kept, have their day in UTC.
    """
    found = Q()
    if first:
        begin = _midnight(first)
        of_day = Q(document__day__gte=first) | Q(document__day=None, invoice_date__gte=begin)
        found &= of_day if first == date.min else of_day & Q(invoice_date__gte=begin - _MARGIN)
    if last and last < date.max - _MARGIN:
        end = _midnight(last) + timedelta(days=1)
        of_day = Q(document__day__lte=last) | Q(document__day=None, invoice_date__lt=end)
        found &= of_day & Q(invoice_date__lt=end + _MARGIN)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
