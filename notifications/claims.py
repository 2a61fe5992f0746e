"""The state changes of a notification, each one statement. A sender that lost its claim changes nothing.

A claim raises `attempts`, and every later change names it. It ends after `CLAIM_SECONDS`, which is longer than a sender
may take, so two processes never send the same message at the same time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection

from notifications.models import Notification
from runtime.clock import ClockTimestamp

# Seconds until the next attempt, after each failure but the last.
BACKOFF_SECONDS = (10, 60, 300, 1800, 7200, 21_600)
MOST_ATTEMPTS = len(BACKOFF_SECONDS) + 1
CLAIM_SECONDS = 300
MOST_REASON_CHARACTERS = 500
_CLAIM = f"""
UPDATE notifications_notification
SET state = 'sending', attempts = attempts + 1, next_at = clock_timestamp() + interval '{CLAIM_SECONDS} s'
WHERE id = (
    SELECT id FROM notifications_notification
    WHERE state IN ('queued', 'sending') AND next_at <= clock_timestamp() ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


class UnknownNotification(LookupError):
    """No notification has that number."""


class NotDead(RuntimeError):
    """The notification is delivered, or is tried again by itself."""


def claim_next() -> Notification | None:
    """Claim the notification that has been due for longest; None without one."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM)
        row = cursor.fetchone()
    return Notification.objects.get(pk=row[0]) if row else None


def finish(claimed: Notification) -> bool:
    """Record that it is delivered, and delete its content."""
    return _move(claimed, state=Notification.State.SENT, ended_at=ClockTimestamp(), content=b"", reason="")


def postpone(claimed: Notification, reason: str) -> bool:
    """Record a failure that may pass: it is due again later, or dead after the last attempt."""
    if claimed.attempts >= MOST_ATTEMPTS:
        return bury(claimed, reason)
    next_at = ClockTimestamp() + timedelta(seconds=BACKOFF_SECONDS[claimed.attempts - 1])
    return _move(claimed, state=Notification.State.QUEUED, next_at=next_at, reason=_cut(reason))


def bury(claimed: Notification, reason: str) -> bool:
    """Record that it cannot be delivered; it is dead until a person retries it."""
    return _move(claimed, state=Notification.State.DEAD, ended_at=ClockTimestamp(), reason=_cut(reason))


def retry(notification_id: int) -> Notification:
    """Have a dead notification delivered again, as if it were new; raises `UnknownNotification` or `NotDead`."""
    changed = Notification.objects.filter(pk=notification_id, state=Notification.State.DEAD).update(
        state=Notification.State.QUEUED, attempts=0, next_at=ClockTimestamp(), ended_at=None
    )
    found = Notification.objects.filter(pk=notification_id).first()
    if found is None:
        raise UnknownNotification(f"There is no notification {notification_id}.")
    if not changed:
        raise NotDead(f"Notification {notification_id} is {found.state}; only a dead one can be retried.")
    return found


def _move(claimed: Notification, **values: Any) -> bool:
    mine = Notification.objects.filter(pk=claimed.pk, state=Notification.State.SENDING, attempts=claimed.attempts)
    return mine.update(**values) == 1


def _cut(reason: str) -> str:
    return " ".join(reason.replace("\0", "").split())[:MOST_REASON_CHARACTERS] or "It failed."
