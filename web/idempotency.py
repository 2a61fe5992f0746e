"""`Idempotency-Key`: a repeated request gets the stored answer, and its work is done once.

A key gets a row before its work begins, and the answer is stored in the transaction of the work, so that both or
neither are committed. During that transaction it holds an advisory lock, by which others see that the request is in
progress. A second request with the key is rejected meanwhile; a request with another body is rejected also later. Keys
are kept for `KEPT`.
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
# transactions. After this time the request is settled as not done; if it continues later, its row belongs to another
# attempt.
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
# A crash of the server loses this row only together with everything committed later, the work included.
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
    """The key is used by a request in progress, or was used with another body."""


class State(StrEnum):
    """The state of a request: in progress, answered, or unknown because its process died."""

    RUNNING = "running"
    DONE = "done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to a request, and whether it is a repeated one. `reference` names the one object that the request
    created.

    A repeated answer has no `text` when only the reference was kept.
    """

    status: int
    text: str
    reference: str = ""
    is_replayed: bool = False


@dataclass(frozen=True, kw_only=True)
class Known:
    """The state of a key. `status` and `reference` are those of its answer, once it has one."""

    state: State
    status: int | None = None
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request under a key of its owner's `scope`. With `keeps_text` false, an answer with a reference is kept as that
    reference only.
    """

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
    """Return the stored answer to `request`, or else run `work` and store its answer.

    `begin` is called after the key has its row, and may reject the request with an exception. An exception of `work`
    rolls back all changes; its `status_of` is stored, unless it is None: then the commit itself may have happened.
    Raises `KeyConflict`.
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
    """The state of `key`; None for a key that was never used, or not within `KEPT`."""
    request = Request(scope=scope, key=key, body=b"")
    # Check the lock first: a request that ended before the check has committed, so the row that is read next shows it.
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
    """The answer stored under `key`; None without one, or when it has expired."""
    row = _kept(Request(scope=scope, key=key, body=b""))
    return None if row is None or row.status is None else _answer_of(row)


def forget_expired() -> int:
    """Delete keys that are older than `KEPT`; returns their number."""
    count, _ = IdempotencyKey.objects.filter(created_at__lte=ClockTimestamp() - KEPT).delete()
    return count


@transaction.atomic
def _register(request: Request, attempt: uuid.UUID) -> Answer | None:
    """Insert the row of the request; returns the answer that already exists, if any."""
    _lock(request)
    row, fingerprint = _kept(request), hashlib.sha256(request.body).digest()
    # Only a success is kept. A rejected request may be corrected and sent again under its key.
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
    """Record that nothing was done; the state stays unknown while the request may be about to begin or another attempt
    claims it.
    """
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
        f"Idempotency-Key {request.key[:60]!r} is used by a request in progress; ask again when that request is done."
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
