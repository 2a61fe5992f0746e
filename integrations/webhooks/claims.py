"""The state changes of a delivery, each one statement. A worker that lost its claim changes nothing.

A delivery is claimed only while no other one of the same order is, so that an order is worked on by one worker. Of those
of one order that are due, the newest is claimed first: what it replaces then changes nothing. Those of a paused store
wait.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import connection

from integrations.webhooks.models import Delivery
from integrations.webhooks.states import State
from integrations.webhooks.types import Handled, Received
from runtime.clock import ClockTimestamp
from stores.rows import rows_of

# Seconds until the next attempt, after each failure but the last.
BACKOFF_SECONDS = (10, 60, 300, 1800, 7200, 21_600)
MOST_ATTEMPTS = len(BACKOFF_SECONDS) + 1
# Longer than the shop may take to answer.
CLAIM_SECONDS = 120
MOST_MESSAGE_CHARACTERS = 500
_CLAIM = f"""
WITH first AS (
    SELECT d.store_id, d.subject, d.id FROM webhooks_delivery d
    JOIN stores_store s ON s.id = d.store_id AND s.status NOT IN ('paused', 'erased')
    WHERE d.state = 'new' AND d.needs_shop = %(needs_shop)s AND d.next_at <= clock_timestamp() AND (d.subject = '' OR NOT EXISTS (
        SELECT FROM webhooks_delivery o WHERE o.store_id = d.store_id AND o.subject = d.subject AND o.state = 'new'
            AND o.claimed_until > clock_timestamp()
    )) ORDER BY d.next_at, d.id LIMIT 1 FOR UPDATE OF d SKIP LOCKED
), newest AS (
    SELECT d.id FROM webhooks_delivery d, first
    WHERE d.id = first.id OR (first.subject <> '' AND d.store_id = first.store_id AND d.subject = first.subject
        AND d.state = 'new' AND d.needs_shop = %(needs_shop)s AND d.next_at <= clock_timestamp())
    ORDER BY d.id DESC LIMIT 1 FOR UPDATE OF d SKIP LOCKED
)
UPDATE webhooks_delivery SET attempts = attempts + 1, next_at = clock_timestamp() + interval '{CLAIM_SECONDS} s',
    claimed_until = clock_timestamp() + interval '{CLAIM_SECONDS} s'
WHERE id IN (SELECT id FROM newest)
RETURNING id, store_id, platform, topic, subject, digest, body, attempts, received_at, triggered_at
"""


def claim_next(*, needs_shop: bool) -> Received | None:
    """Claim a delivery that is due; None without one."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"needs_shop": needs_shop})
        row = cursor.fetchone()
    if row is None:
        return None
    pk, store_id, platform, topic, subject, digest, body, attempts, received_at, triggered_at = row
    return Received(
        id=pk, store_id=store_id, platform=platform, topic=topic, subject=subject, digest=bytes(digest),
        body=bytes(body), attempts=attempts, received_at=received_at, triggered_at=triggered_at,
    )  # fmt: skip


def finish(claimed: Received, handled: Handled) -> bool:
    """Record what became of it. Called in the transaction of the changes that it led to."""
    return _move(
        claimed, state=handled.state, rule=handled.rule, message=_cut(handled.message), order=handled.order[:100],
        claimed_until=None,
    )  # fmt: skip


def ask_shop(claimed: Received) -> bool:
    """Leave it to the workers that may ask the shop."""
    return _move(claimed, needs_shop=True, attempts=0, next_at=ClockTimestamp(), claimed_until=None)


def postpone(claimed: Received, reason: str) -> bool:
    """Record a failure: it is due again later, or dead after the last attempt."""
    if claimed.attempts >= MOST_ATTEMPTS:
        return bury(claimed, reason)
    next_at = ClockTimestamp() + timedelta(seconds=BACKOFF_SECONDS[claimed.attempts - 1])
    return _move(claimed, next_at=next_at, message=_cut(reason), claimed_until=None)


def postpone_others(claimed: Received, reason: str) -> int:
    """Let all that ask the same shop wait as long as this one, so that a shop in trouble is asked once."""
    next_at = ClockTimestamp() + timedelta(seconds=BACKOFF_SECONDS[0])
    waiting = rows_of(Delivery, claimed.store_id).filter(state=State.NEW, needs_shop=True)
    return waiting.exclude(pk=claimed.id).filter(next_at__lt=next_at).update(next_at=next_at, message=_cut(reason))


def bury(claimed: Received, reason: str) -> bool:
    """Record that it cannot be applied; it is dead until a person replays it, or a later report replaces it."""
    return _move(claimed, state=State.DEAD, message=_cut(reason), claimed_until=None)


def read_waiting(store_id: int, subjects: Collection[str]) -> set[str]:
    """Those of the subjects of which a delivery is stored and not applied yet."""
    return set(
        rows_of(Delivery, store_id).filter(subject__in=subjects, state=State.NEW).values_list("subject", flat=True)
    )


def settle(store_id: int, subject: str, *, but: int = 0) -> int:
    """Close what a later report of the same order has replaced: its quarantined and dead deliveries are done."""
    if not subject:
        return 0
    replaced = (
        rows_of(Delivery, store_id).filter(subject=subject, state__in=[State.QUARANTINED, State.DEAD]).exclude(pk=but)
    )
    return replaced.update(state=State.DONE, rule="", message="A later report of the order was taken.")


def _move(claimed: Received, **values: Any) -> bool:
    mine = rows_of(Delivery, claimed.store_id).filter(pk=claimed.id, state=State.NEW, attempts=claimed.attempts)
    return mine.update(**values) == 1


def _cut(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:MOST_MESSAGE_CHARACTERS]
