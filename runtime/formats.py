"""How times and rates are written in JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

ISO = "%Y-%m-%dT%H:%M:%S.%fZ"


def iso(moment: datetime) -> str:
    """`2026-11-21T09:30:00.123456Z`: always with microseconds, so that texts sort as times do."""
    return moment.astimezone(UTC).strftime(ISO)


def number(value: Decimal) -> int | float:
    """A rate as JSON has it: 5 rather than 5.0."""
    return int(value) if value == value.to_integral_value() else float(value)
