"""`Idempotency-Key`: a request that is sent again is answered again, and done once.

The answer is kept in the transaction that did the work, so there is never one without the other. Who asks a second time
while the first is at work, or with another body, is refused. Keys are kept for `KEPT`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from invoices.models import IdempotencyKey
from runtime.clock import ClockTimestamp

KEPT = timedelta(hours=24)
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
_KEEP = """
INSERT INTO invoices_idempotencykey (scope, key, fingerprint, status, answer) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
    answer = excluded.answer, created_at = clock_timestamp()
"""


class KeyConflict(RuntimeError):
    """The key is in use by a request at work, or was used with another body."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a request is answered, and whether it was answered before."""

    status: int
    text: str
    is_replayed: bool = False


@transaction.atomic
def once(work: Callable[[], Answer], *, scope: str, key: str, body: bytes) -> Answer:
    """The answer that was given in `scope` to `key` with this `body`, or else that of `work`, which is kept.

    What `work` raises undoes all and keeps nothing. Raises `KeyConflict`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRY_LOCK, [f"{scope}\n{key}"])
        if not cursor.fetchone()[0]:
            raise KeyConflict(
                f"Idempotency-Key {key[:60]!r} is in use by a request at work; ask again when it is done."
            )
        fingerprint = hashlib.sha256(body).digest()
        kept = IdempotencyKey.objects.filter(scope=scope, key=key, created_at__gt=ClockTimestamp() - KEPT).first()
        if kept is not None:
            return _again(kept, fingerprint)
        answer = work()
        cursor.execute(_KEEP, [scope, key, fingerprint, answer.status, answer.text])
    return answer


def forget_expired() -> int:
    """Delete keys that are older than `KEPT`; returns how many."""
    count, _ = IdempotencyKey.objects.filter(created_at__lte=ClockTimestamp() - KEPT).delete()
    return count


def _again(kept: IdempotencyKey, fingerprint: bytes) -> Answer:
    if bytes(kept.fingerprint) != fingerprint:
        raise KeyConflict(
            f"Idempotency-Key {kept.key[:60]!r} was used with another body; use a new key for a new request."
        )
    return Answer(status=kept.status, text=kept.answer, is_replayed=True)
