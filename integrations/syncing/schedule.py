"""When a shop is read next. Arithmetic only."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

WEBHOOKS_MISSING_SECONDS = 30
QUIET_SECONDS = 1800
CHECK_SECONDS = 3600
STOCK_SECONDS = 900
REVOKED_SECONDS = 3600
FAILED_SECONDS = 30
MOST_FAILED_SECONDS = 1800
# How long after a missed webhook, or after the last webhook, the shop is read more often.
MISSED_FOR = timedelta(minutes=30)
BUSY_FOR = timedelta(hours=1)
IDS_AT = time(3, 0)


def poll_seconds(
    now: datetime, *, busy_seconds: int, are_webhooks_active: bool, last_missed_at: datetime | None,
    last_event_at: datetime | None,
) -> int:  # fmt: skip
    """Seconds until the next poll: 30 while webhooks do not arrive, `busy_seconds` for a busy shop, else 30 minutes."""
    has_missed = last_missed_at is not None and now - last_missed_at < MISSED_FOR
    if has_missed or not are_webhooks_active:
        return WEBHOOKS_MISSING_SECONDS
    is_busy = last_event_at is not None and now - last_event_at < BUSY_FOR
    return busy_seconds if is_busy else max(QUIET_SECONDS, busy_seconds)


def retry_seconds(failures: int, asked_seconds: float = 0.0) -> float:
    """Seconds until a shop that failed so often in a row is asked again; at least what it asked for."""
    return float(max(asked_seconds, min(FAILED_SECONDS * 2 ** max(0, failures - 1), MOST_FAILED_SECONDS)))


def next_night(now: datetime, zone: tzinfo) -> datetime:
    """The next 3 o'clock at the shop."""
    local = now.astimezone(zone)
    tonight = datetime.combine(local.date(), IDS_AT, zone)
    return tonight if tonight > local else datetime.combine(local.date() + timedelta(days=1), IDS_AT, zone)
