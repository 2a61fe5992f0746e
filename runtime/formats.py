"""How times are written in JSON: ISO 8601 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

ISO = "%Y-%m-%dT%H:%M:%S.%fZ"


def iso(moment: datetime) -> str:
    """`2026-11-21T09:30:00.123456Z`: always with microseconds, so that texts sort as times do."""
    return moment.astimezone(UTC).strftime(ISO)
