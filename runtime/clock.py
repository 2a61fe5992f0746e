"""The database's clock, the only clock that decides what is due and when an event happened."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, models


class ClockTimestamp(models.Func):
    """The database's time when the row is written, not when its transaction began."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()


def read_clock() -> datetime:
    """The database's time now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
