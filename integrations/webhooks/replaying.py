"""Applies deliveries again, or says what that would do. Applied twice, a delivery changes nothing."""

from __future__ import annotations

from collections import Counter

from django.db import transaction

from integrations.webhooks import platforms
from integrations.webhooks.models import Delivery
from integrations.webhooks.queries import Filter
from integrations.webhooks.sealing import open_received
from integrations.webhooks.states import State
from integrations.webhooks.types import Effect, Received
from integrations.webhooks.waking import WAKE_NAME
from runtime.clock import ClockTimestamp
from runtime.waking import wake_after_commit

# A preview maps each body, so it is bounded by the time that a request may take.
MOST_PREVIEWED = 200


class TooMany(ValueError):
    """More deliveries are selected than one preview takes."""


@transaction.atomic
def replay(store_id: int, wanted: Filter) -> int:
    """Have the selected deliveries applied again, with all attempts; returns how many. New ones are due at once."""
    selected = wanted.select(store_id).exclude(state=State.ORPHAN)
    count = selected.update(
        state=State.NEW, rule="", message="", attempts=0, needs_shop=False, next_at=ClockTimestamp(), claimed_until=None
    )
    wake_after_commit(WAKE_NAME)
    return count


def preview(store_id: int, wanted: Filter) -> dict[str, int]:
    """How many of the selected deliveries would do what; a delivery may issue and credit. Raises `TooMany`.

    The newest of an order is applied first, so the others of that order change nothing.
    """
    rows = list(wanted.select(store_id).exclude(state=State.ORPHAN).order_by("-id")[: MOST_PREVIEWED + 1])
    if len(rows) > MOST_PREVIEWED:
        raise TooMany(f"A dry run takes up to {MOST_PREVIEWED} deliveries: select fewer by state, topic, time or ids.")
    counts: Counter[Effect] = Counter()
    seen: set[str] = set()
    for row in rows:
        is_replaced = bool(row.subject) and row.subject in seen
        seen.add(row.subject)
        counts.update({Effect.NOTHING} if is_replaced else platforms.preview(_received(row)))
    return {effect.value: counts[effect] for effect in Effect}


def _received(row: Delivery) -> Received:
    assert row.store_id is not None, "deliveries without a store are not replayed"
    return open_received(Received(
        id=row.pk, store_id=row.store_id, platform=row.platform, topic=row.topic, subject=row.subject,
        digest=bytes(row.digest), body=bytes(row.body), attempts=row.attempts, received_at=row.received_at,
        triggered_at=row.triggered_at,
    ))  # fmt: skip
