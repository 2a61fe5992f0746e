"""Stores what a source pushes, before anything is done with it: a batch under the sender's key, or a chunk of a stream."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from integrations.pipes.models import Batch, Pipe, Stream
from integrations.pipes.sealing import seal
from integrations.pipes.working import WAKE_NAME
from runtime.waking import wake_after_commit
from stores.queries import StoreFacts
from stores.rows import rows_of

_BACKLOG = """
SELECT coalesce(sum(received - position), 0) FROM pipes_batch
WHERE store_id = %s AND state IN ('pending', 'processing')
"""
RETRY_SECONDS = 5


class BacklogFull(RuntimeError):
    """Too many records of the store wait."""


class KeyUsed(RuntimeError):
    """The key was used for another body."""


class StreamMoved(RuntimeError):
    """The stream is not at the position that the sender begins at."""


class StoreErased(RuntimeError):
    """The store takes no records any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Push:
    """Records of a source as it sent them. `fingerprint` is the SHA-256 of the request."""

    source: str
    data_type: str
    lines: Sequence[str]
    fingerprint: bytes
    key: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A batch in the store, and whether it was there before."""

    batch: Batch
    is_duplicate: bool = False


@transaction.atomic
def push(store: StoreFacts, given: Push) -> Stored:
    """Store a batch once; raises `BacklogFull`, `KeyUsed`, and `StoreErased`."""
    pipe = open_pipe(store, given.source)
    if given.key and (found := _find(pipe, given)) is not None:
        return found
    check_backlog(store)
    row = _row(store, pipe, given)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # The same request came twice at once, and the other one was faster.
        if (found := _find(pipe, given)) is None:
            raise
        return found
    wake_after_commit(WAKE_NAME)
    return Stored(row)


@transaction.atomic
def push_chunk(store: StoreFacts, given: Push, position: int | None) -> tuple[Batch, int]:
    """Store a chunk of a stream that begins at `position`, or where the stream is; returns the batch and where it ends.

    The lock of the stream's row orders its chunks. Raises `BacklogFull`, `StreamMoved` and `StoreErased`.
    """
    pipe = open_pipe(store, given.source)
    check_backlog(store)
    stream = _lock_stream(pipe, given.data_type)
    _check_same(position, stream.position)
    row = _row(store, pipe, given)
    row.save(force_insert=True)
    stream.position += len(given.lines)
    stream.save(update_fields=["position"])
    wake_after_commit(WAKE_NAME)
    return row, stream.position


def open_pipe(store: StoreFacts, source: str) -> Pipe:
    """The pipe of a source, which its first record opens; raises `StoreErased`."""
    if store.status == "erased":
        raise StoreErased(f"Store {store.slug} is erased: send to another store.")
    found = rows_of(Pipe, store.id).filter(name=source).first()
    if found is None:
        rows_of(Pipe, store.id).bulk_create([Pipe(store_id=store.id, name=source)], ignore_conflicts=True)
        found = rows_of(Pipe, store.id).get(name=source)
    return found


def check_position(store: StoreFacts, source: str, data_type: str, position: int | None) -> None:
    """Raises `StreamMoved` where the stream of a source is not at `position`."""
    rows = rows_of(Stream, store.id).filter(pipe__name=source, data_type=data_type)
    _check_same(position, rows.values_list("position", flat=True).first() or 0)


def check_backlog(store: StoreFacts) -> None:
    """Raises `BacklogFull` while more records of the store wait than may."""
    with connection.cursor() as cursor:
        cursor.execute(_BACKLOG, [store.id])
        waiting = int(cursor.fetchone()[0])
    if waiting > settings.INGEST_BACKLOG:
        raise BacklogFull(
            f"{waiting:,} records of store {store.slug} wait, and at most {settings.INGEST_BACKLOG:,} may "
            f"(INGEST_BACKLOG); send this again in {RETRY_SECONDS} s."
        )


def fingerprint_of(body: bytes) -> bytes:
    """The SHA-256 of a request."""
    return hashlib.sha256(body).digest()


def _find(pipe: Pipe, given: Push) -> Stored | None:
    found = rows_of(Batch, pipe.store_id).defer("lines").filter(pipe=pipe, key=given.key).first()
    if found is None:
        return None
    if bytes(found.fingerprint) != given.fingerprint:
        raise _key_used(given.key)
    return Stored(found, is_duplicate=True)


def _check_same(position: int | None, present: int) -> None:
    if position is not None and position != present:
        raise StreamMoved(
            f"The stream is at position {present}, and this begins at {position}; send on from {present}."
        )


def _key_used(key: str) -> KeyUsed:
    return KeyUsed(f"{key[:60]!r} was used for another body of this source; use a new key for a new batch.")


def _lock_stream(pipe: Pipe, data_type: str) -> Stream:
    rows = rows_of(Stream, pipe.store_id)
    wanted = {"pipe_id": pipe.pk, "data_type": data_type}
    rows.bulk_create([Stream(store_id=pipe.store_id, **wanted)], ignore_conflicts=True)
    return rows.select_for_update(no_key=True).get(**wanted)


def _row(store: StoreFacts, pipe: Pipe, given: Push) -> Batch:
    sealed = seal(given.lines, pipe_id=pipe.pk, fingerprint=given.fingerprint)
    return Batch(
        store_id=store.id, pipe_id=pipe.pk, data_type=given.data_type, key=given.key, fingerprint=given.fingerprint,
        lines=sealed, size=sum(map(len, given.lines)), received=len(given.lines),
    )  # fmt: skip
