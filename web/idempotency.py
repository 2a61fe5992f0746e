"""`Idempotency-Key`: a request that is sent again is answered again, and done once.

A key has a row before its work begins, and the answer is stored in the transaction that did the work, so there is never
one without the other. While that transaction lasts it holds an advisory lock, which is how others see that the request
is at work. A second request with the key is refused meanwhile, and so is one with another body later. Keys are kept for
`KEPT`.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from django.db import connection, transaction

from runtime.clock import ClockTimestamp
from web.models import IdempotencyKey

KEPT = timedelta(hours=24)
# A row without a lock and without an answer belongs to a request whose process died, or that is between its two
# transactions. After this time it is settled as not done; a request that comes back later finds its row taken.
SETTLED_AFTER = timedelta(seconds=5)
NOT_DONE = 503
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
_IS_LOCKED = """
SELECT EXISTS (
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND ((classid::bigint << 32) | objid::bigint) = hashtextextended(%s, 0)
)
"""
# Whatever is lost of it in a crash of the server is lost with all that came after it, the work included.
_NO_WAIT_FOR_DISK = "SET LOCAL synchronous_commit = off"
_REGISTER = """
INSERT INTO invoices_idempotencykey (scope, key, fingerprint, attempt, status, answer, invoice_number)
VALUES (%s, %s, %s, %s, NULL, '', '')
ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, attempt = excluded.attempt, status = NULL,
    answer = '', invoice_number = '', created_at = clock_timestamp()
"""
_RECORD = """
UPDATE invoices_idempotencykey SET status = %s, answer = %s, invoice_number = %s, created_at = clock_timestamp()
WHERE scope = %s AND key = %s AND attempt = %s AND status IS NULL
"""


class KeyConflict(RuntimeError):
    """The key is in use by a request at work, or was used with another body."""


class State(StrEnum):
    """What is known of a request: at work, answered, or not established since its process died."""

    RUNNING = "running"
    DONE = "done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a request is answered, and whether it was answered before. `reference` names the one thing it made.

    A replayed answer has no `text` where only the reference was kept.
    """

    status: int
    text: str
    reference: str = ""
    is_replayed: bool = False


@dataclass(frozen=True, kw_only=True)
class Known:
    """The state of a key; `status` and `reference` are those of its answer, once there is one."""

    state: State
    status: int | None = None
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request under a key of its owner's `scope`. Without `keeps_text` an answer with a reference is kept as that alone."""

    scope: str
    key: str
    body: bytes
    keeps_text: bool = True

    @property
    def lock(self) -> str:
        return f"{self.scope}\n{self.key}"


def once(
    work: Callable[[], Answer],
    request: Request,
    *,
    begin: Callable[[], None],
    status_of: Callable[[Exception], int | None],
) -> Answer:
    """The answer that was given to `request`, or else that of `work`, which is kept.

    `begin` is called when the key has its row and may refuse by an exception. What `work` raises undoes all of it; its
    `status_of` is kept, but not where that is None: then the commit itself may have happened. Raises `KeyConflict`.
    """
    attempt = uuid.uuid4()
    if (kept := _register(request, attempt)) is not None:
        return kept
    try:
        begin()
        return _do(work, request, attempt)
    except Exception as error:
        status = status_of(error)
        if status is not None:
            _record(Answer(status=status, text=""), request, attempt)
        raise


def read_state(scope: str, key: str) -> Known | None:
    """What is known of `key`; None for one that was never used, or longer ago than `KEPT`."""
    request = Request(scope=scope, key=key, body=b"")
    # The lock first: what ended before it was looked for is committed, and so in the row that is read after it.
    is_locked = _ask(_IS_LOCKED, request.lock)
    row = _kept(request)
    if row is None:
        return None
    if row.status is not None:
        return Known(state=State.DONE, status=row.status, reference=row.reference)
    if is_locked:
        return Known(state=State.RUNNING)
    return _settle(request, row)


def read_answer(scope: str, key: str) -> Answer | None:
    """The answer that was given under `key`; None when there is none or it is kept no longer."""
    row = _kept(Request(scope=scope, key=key, body=b""))
    return None if row is None or row.status is None else _answer_of(row)


def forget_expired() -> int:
    """Delete keys that are older than `KEPT`; returns how many."""
    count, _ = IdempotencyKey.objects.filter(created_at__lte=ClockTimestamp() - KEPT).delete()
    return count


@transaction.atomic
def _register(request: Request, attempt: uuid.UUID) -> Answer | None:
    """Give the request its row; returns the answer that there is already."""
    _lock(request)
    row, fingerprint = _kept(request), hashlib.sha256(request.body).digest()
    # Only what was issued is kept; what was refused may be corrected and sent again under its key.
    if row is not None and row.status is not None and row.status < 400:
        if bytes(row.fingerprint) != fingerprint:
            raise KeyConflict(
                f"Idempotency-Key {row.key[:60]!r} was used with another body; use a new key for a new request."
            )
        return replace(_answer_of(row), is_replayed=True)
    with connection.cursor() as cursor:
        cursor.execute(_NO_WAIT_FOR_DISK)
        cursor.execute(_REGISTER, [request.scope, request.key, fingerprint, attempt])
    return None


@transaction.atomic
def _do(work: Callable[[], Answer], request: Request, attempt: uuid.UUID) -> Answer:
    _lock(request)
    if not IdempotencyKey.objects.filter(scope=request.scope, key=request.key, attempt=attempt, status=None).exists():
        raise _in_use(request)
    answer = work()
    _record(answer, request, attempt)
    return answer


def _record(answer: Answer, request: Request, attempt: uuid.UUID) -> None:
    text = answer.text if request.keeps_text or not answer.reference else ""
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [answer.status, text, answer.reference, request.scope, request.key, attempt])


@transaction.atomic
def _settle(request: Request, row: IdempotencyKey) -> Known:
    """Establish that nothing was done; unknown while the request may be about to begin, or somebody takes it up."""
    is_old = IdempotencyKey.objects.filter(pk=row.pk, created_at__lt=ClockTimestamp() - SETTLED_AFTER).exists()
    if not is_old or row.attempt is None or not _ask(_TRY_LOCK, request.lock):
        return Known(state=State.UNKNOWN)
    _record(Answer(status=NOT_DONE, text=""), request, row.attempt)
    row.refresh_from_db()
    if row.status is None:
        return Known(state=State.UNKNOWN)
    return Known(state=State.DONE, status=row.status, reference=row.reference)


def _lock(request: Request) -> None:
    if not _ask(_TRY_LOCK, request.lock):
        raise _in_use(request)


def _in_use(request: Request) -> KeyConflict:
    return KeyConflict(
        f"Idempotency-Key {request.key[:60]!r} is in use by a request at work; ask again when it is done."
    )


def _ask(statement: str, parameter: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [parameter])
        return bool(cursor.fetchone()[0])


def _kept(request: Request) -> IdempotencyKey | None:
    kept = IdempotencyKey.objects.filter(scope=request.scope, key=request.key, created_at__gt=ClockTimestamp() - KEPT)
    return kept.first()


def _answer_of(row: IdempotencyKey) -> Answer:
    return Answer(status=row.status or 0, text=row.answer, reference=row.reference)
