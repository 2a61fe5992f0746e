"""Keeps what a connector read from a shop and could not use, as a delivery that a person can see and replay."""

from __future__ import annotations

from django.db import transaction

from integrations.webhooks import tallies
from integrations.webhooks.models import Delivery
from integrations.webhooks.sealing import seal
from integrations.webhooks.states import State
from integrations.webhooks.types import digest_of
from stores.rows import rows_of


@transaction.atomic
def keep_unusable(
    store_id: int, *, platform: str, topic: str, subject: str, body: bytes, rule: str, message: str
) -> bool:
    """Store it as quarantined; false where the same body is there already."""
    digest = digest_of(topic, body)
    if rows_of(Delivery, store_id).filter(digest=digest).exists():
        return False
    made = Delivery(
        store_id=store_id, platform=platform, topic=topic, subject=subject, digest=digest, size=len(body),
        body=seal(body, store_id=store_id, digest=digest),
        state=State.QUARANTINED, rule=rule, message=message[:500], event_id="",
        order=subject.partition(":")[2], attempts=0, duplicates=0, needs_shop=False,
    )  # fmt: skip
    made.save(force_insert=True)
    tallies.add(store_id, accepted=1)
    return True
