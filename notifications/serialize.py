"""How a notification is written in JSON."""

from __future__ import annotations

from typing import Any

from notifications.models import Notification
from runtime.formats import iso


def present_notification(notification: Notification) -> dict[str, Any]:
    """The API's notification, without its text."""
    names = ("kind", "recipient", "subject", "state", "attempts", "size")
    is_open = notification.ended_at is None
    return {
        "id": notification.pk,
        **{name: getattr(notification, name) for name in names},
        "reason": notification.reason or None,
        "created_at": iso(notification.created_at),
        "next_at": iso(notification.next_at) if is_open else None,
        "ended_at": None if notification.ended_at is None else iso(notification.ended_at),
    }
