"""Whether figures that are kept by hours of one zone can be shown in days of another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.metrics.query import BadQuery, Query
from analytics.metrics.standing import Standing

_HOUR = timedelta(hours=1)


def check_zone(query: Query, standing: Standing) -> None:
    """Raises `BadQuery` when the zone differs from that of a store by a part of an hour on a day of the range."""
    if query.timezone == "store":
        return
    asked = ZoneInfo(query.timezone)
    for name in standing.timezones:
        day = query.first
        while day <= query.last:
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            gap = _offset(noon, asked) - _offset(noon, ZoneInfo(name))
            if gap % _HOUR:
                raise BadQuery("tz", f"{query.timezone} differs from {name} by a part of an hour: use tz=store.")
            day += timedelta(days=1)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.replace(tzinfo=zone).utcoffset() or timedelta(0)
