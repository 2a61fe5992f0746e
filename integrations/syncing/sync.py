"""The state of the readings of a shop: which is due, what a reading led to, and whether the keys still work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from integrations.syncing import schedule
from integrations.syncing.errors import NotConnected
from integrations.syncing.models import SyncRun, SyncState
from integrations.webhooks import tallies
from runtime.clock import ClockTimestamp, read_clock
from stores.queries import StoreFacts
from stores.rows import rows_of

if TYPE_CHECKING:
    # Every process reads the health of stores; the client of shops is for those that ask shops.
    from integrations.syncing.shop import Found

# Longer than a reading may take.
LEASE_SECONDS = 900
RUNS_KEPT = 200
POLL, CHECK, IDS, STOCK = "next_poll_at", "next_check_at", "next_ids_at", "next_stock_at"
_ANY_DUE = """
SELECT EXISTS (
    SELECT FROM syncing_syncstate y JOIN stores_store s ON s.id = y.store_id AND s.status = 'active'
    WHERE least({due}) <= clock_timestamp()
)
"""
_CLAIM = """
UPDATE syncing_syncstate SET {due} = clock_timestamp() + interval '{lease} s' WHERE store_id = (
    SELECT y.store_id FROM syncing_syncstate y JOIN stores_store s ON s.id = y.store_id AND s.status = 'active'
    WHERE y.{due} <= clock_timestamp() ORDER BY y.{due} LIMIT 1 FOR UPDATE OF y SKIP LOCKED
) RETURNING store_id
"""


def begin(store_id: int) -> None:
    """Have all readings of a store begin that was just connected, with its first connection or with new keys."""
    now = read_clock()
    rows_of(SyncState, store_id).update_or_create(
        store_id=store_id,
        defaults={
            "status": "active",
            "error": "",
            "failures": 0,
            "next_poll_at": now,
            "next_check_at": now,
            "next_stock_at": now,
        },
        create_defaults={"cursor": now, "next_ids_at": now},
    )


def require_connected(store: StoreFacts) -> None:
    """Raises `NotConnected` for a store that never had a shop."""
    if not rows_of(SyncState, store.id).exists():
        raise NotConnected(f"Store {store.slug} is not connected with a shop.")


def is_any_due(*due: str) -> bool:
    """Whether an active store has one of these readings due, of the four columns."""
    with connection.cursor() as cursor:
        cursor.execute(_ANY_DUE.format(due=", ".join(due)))
        return bool(cursor.fetchone()[0])


def claim_due(due: str) -> int | None:
    """Claim the active store whose reading has been due for longest; `due` is one of the four columns."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(due=due, lease=LEASE_SECONDS))
        row = cursor.fetchone()
    return int(row[0]) if row else None


def read_cursor(store_id: int) -> datetime:
    """The newest change up to which all are read."""
    return rows_of(SyncState, store_id).values_list("cursor", flat=True).get()


def move_cursor(store_id: int, newest: datetime) -> None:
    """Record that all changes up to `newest` are read; the cursor never moves back."""
    rows_of(SyncState, store_id).filter(cursor__lt=newest).update(cursor=newest)


@transaction.atomic
def note_run(store_id: int, kind: str, found: Found, *, started_at: datetime, error: str = "") -> None:
    """Keep a reading and what it found; the counts of healed orders are those of the store as well."""
    rows_of(SyncRun, store_id).create(
        store_id=store_id, kind=kind, state="failed" if error else "done", error=error[:500],
        notice=found.notice[:500], seen=found.seen, added=found.added, healed=found.missed, gone=found.gone,
        started_at=started_at,
    )  # fmt: skip
    old = rows_of(SyncRun, store_id).order_by("-id").values("pk")[RUNS_KEPT : RUNS_KEPT + 100]
    rows_of(SyncRun, store_id).filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    if found.missed and kind in (SyncRun.Kind.POLL, SyncRun.Kind.IDS):
        tallies.add(store_id, missed=found.missed, healed=found.missed)
        rows_of(SyncState, store_id).update(last_missed_at=ClockTimestamp())


def note_good(store_id: int) -> None:
    """Record that the shop answered as it should."""
    rows_of(SyncState, store_id).update(status="active", error="", failures=0, checked_at=ClockTimestamp())


def schedule_poll(store_id: int, *, is_complete: bool) -> None:
    """Have the shop polled again: at once where the last poll did not read all, else as often as it needs."""
    now, state = read_clock(), rows_of(SyncState, store_id).get()
    seconds = 0
    if is_complete:
        seconds = schedule.poll_seconds(
            now, busy_seconds=settings.RECONCILE_SECONDS, last_missed_at=state.last_missed_at,
            last_event_at=tallies.read(store_id).last_event_at, are_webhooks_active=are_active(state.subscriptions),
        )  # fmt: skip
    rows_of(SyncState, store_id).update(next_poll_at=now + timedelta(seconds=seconds))


def note_failure(store_id: int, error: str, *, asked_seconds: float = 0.0) -> None:
    """Record that the shop did not answer as it should; it is asked again later, and all else waits as long."""
    rows_of(SyncState, store_id).update(failures=F("failures") + 1)
    failures = rows_of(SyncState, store_id).values_list("failures", flat=True).get()
    _put_off(store_id, "error", error, schedule.retry_seconds(failures, asked_seconds))


def note_keys_refused(store_id: int, error: str) -> None:
    """Record that the shop does not accept the keys any more."""
    _put_off(store_id, "revoked", error, schedule.REVOKED_SECONDS)


def note_left(store_id: int, *, error: str = "") -> bool:
    """Record that the store has left its shop, and why its webhooks are still there; false where it was erased."""
    return _note_end(store_id, "active", error)


def note_removed(store_id: int, error: str) -> None:
    """Record that the owner of the shop has ended the connection there, and its webhooks with it."""
    _note_end(store_id, "revoked", error)


def note_subscriptions(store_id: int, subscriptions: list[dict[str, str]]) -> None:
    """Record the webhooks of the shop; they are looked at again in an hour."""
    next_at = read_clock() + timedelta(seconds=schedule.CHECK_SECONDS)
    rows_of(SyncState, store_id).update(subscriptions=subscriptions, next_check_at=next_at)


def note_ids(store_id: int, timezone: str) -> None:
    """Have the ids compared again the next night."""
    next_at = schedule.next_night(read_clock(), ZoneInfo(timezone))
    rows_of(SyncState, store_id).update(next_ids_at=next_at)


def note_stock(store_id: int) -> None:
    """Have the stock read again in a while."""
    next_at = read_clock() + timedelta(seconds=schedule.STOCK_SECONDS)
    rows_of(SyncState, store_id).update(next_stock_at=next_at)


def are_active(subscriptions: list[dict[str, str]]) -> bool:
    return bool(subscriptions) and all(each["state"] == "active" for each in subscriptions)


def _note_end(store_id: int, status: str, error: str) -> bool:
    return bool(rows_of(SyncState, store_id).update(status=status, error=error[:500], subscriptions=[]))


def _put_off(store_id: int, status: str, error: str, seconds: float) -> None:
    next_at = read_clock() + timedelta(seconds=seconds)
    rows = rows_of(SyncState, store_id)
    rows.update(status=status, error=error[:500], checked_at=ClockTimestamp(), next_poll_at=next_at)
    rows.filter(next_check_at__gt=next_at).update(next_check_at=next_at)
