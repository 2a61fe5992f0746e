"""Reads of the outbox."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser
from typing import Any

from django.db import connection

from notifications.models import Notification
from notifications.transports import files

_COUNTS = """
SELECT state, count(*), coalesce(extract(epoch FROM clock_timestamp() - min(next_at)), 0)::float
FROM notifications_notification WHERE state <> 'sent' GROUP BY 1
"""


def read_page(state: str | None, *, before: int | None, limit: int) -> tuple[list[Notification], int | None]:
    """The newest notifications with an id below `before`, and where the next page begins."""
    rows = Notification.objects.defer("content").order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None


def read_counts() -> dict[str, tuple[int, float]]:
    """How many are in each open state and dead, and how many seconds the first of them is overdue."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        return {state: (count, max(0.0, seconds)) for state, count, seconds in cursor.fetchall()}


def read_text(notification: Notification) -> str | None:
    """The text of a message: its plain text, or else all of its body; None when it is kept no longer."""
    content = bytes(notification.content) or _read_file(notification.pk)
    if not content:
        return None
    message: Any = BytesParser(policy=policy.default).parsebytes(content)
    body = message.get_body(preferencelist=("plain", "html"))
    return str(body.get_content()) if body else ""


def _read_file(notification_id: int) -> bytes:
    try:
        return files.path_of(notification_id).read_bytes()
    except OSError:
        return b""
