"""The database's clock: the one clock that decides what is due and when something happened."""

from __future__ import annotations

from django.db import models


class ClockTimestamp(models.Func):
    """The database's clock when the row is written, not at the start of its transaction."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()
