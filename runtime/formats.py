"""The JSON format of times and rates."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

ISO = "%Y-%m-%dT%H:%M:%S.%fZ"


def iso(moment: datetime) -> str:
    """A time such as `2026-11-21T09:30:00.123456Z`: always with microseconds, so that the text order is the time order."""
    return moment.astimezone(UTC).strftime(ISO)


def number(value: Decimal) -> int | float:
    """A rate as a JSON number: 5 instead of 5.0."""
    return int(value) if value == value.to_integral_value() else float(value)
