"""Times as WooCommerce writes them: in whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime


def text(moment: datetime | None) -> str | None:
    """The time without its zone, which is UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if moment else None
