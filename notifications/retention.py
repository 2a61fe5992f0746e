"""Deletes old notifications and their files, so that both stay bounded."""

from __future__ import annotations

from django.db import connection

from notifications.models import Notification
from notifications.transports import files

# Days, and number of rows, for which delivered and dead messages are kept.
KEPT = {"sent": (30, 10_000), "dead": (90, 1000)}
DELETED_AT_ONCE = 1000
_DELETE = """
DELETE FROM notifications_notification WHERE id IN (
    SELECT id FROM notifications_notification WHERE state = %(state)s AND (
        ended_at < clock_timestamp() - make_interval(days => %(days)s) OR id <= (
            SELECT id FROM notifications_notification WHERE state = %(state)s ORDER BY id DESC OFFSET %(rows)s LIMIT 1
        )
    ) ORDER BY id LIMIT %(most)s
)
"""


def delete_old() -> bool:
    """Delete what is too old or too much, then files without a row; returns whether there may be more."""
    counts = [_delete(state, days, rows) for state, (days, rows) in KEPT.items()]
    _delete_files()
    return any(count == DELETED_AT_ONCE for count in counts)


def _delete(state: str, days: int, rows: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, {"state": state, "days": days, "rows": rows, "most": DELETED_AT_ONCE})
        return int(cursor.rowcount)


def _delete_files() -> None:
    found = {int(path.stem): path for path in files.directory().glob("*.eml") if path.stem.isdigit()}
    for notification_id in found.keys() - set(Notification.objects.filter(pk__in=found).values_list("pk", flat=True)):
        found[notification_id].unlink(missing_ok=True)
