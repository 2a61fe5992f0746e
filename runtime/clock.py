"""The database's clock, the only clock that decides what is due and when an event happened."""

from __future__ import annotations

from django.db import models


class ClockTimestamp(models.Func):
    """The database's time when the row is written, not when its transaction began."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()
