"""Keeps the lines of a batch compressed and encrypted, because they name buyers. They open only as those of their pipe."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from django.db import transaction

from integrations.pipes.models import Batch
from stores.encryption import Keyring, Place
from stores.keys import read_keyring
from stores.rows import rows_of_all_stores

COLUMN = "pipes_batch.lines"
BATCH_ROWS = 10
# JSON becomes a fifth at the fastest level; a higher one costs more time than it saves room.
LEVEL = 1


def seal(lines: Sequence[str], *, pipe_id: int, fingerprint: bytes) -> bytes:
    """The lines as they are stored."""
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    return read_keyring().encrypt(zlib.compress(text, LEVEL), _place(pipe_id, fingerprint))


def open_lines(batch: Batch) -> list[str]:
    """The lines of a batch; raises `stores.encryption.Undecipherable`."""
    sealed = read_keyring().decrypt(bytes(batch.lines), _place(batch.pipe_id, bytes(batch.fingerprint)))
    return zlib.decompress(sealed).decode("utf-8", "surrogatepass").split("\n")


def rotate_lines(keyring: Keyring, after: int) -> tuple[int, int] | None:
    """Encrypt the lines of some batches again: see `stores.rotation`."""
    with transaction.atomic():
        rows = rows_of_all_stores(Batch).select_for_update(no_key=True).filter(pk__gt=after).order_by("pk")
        found = list(rows.only("pipe_id", "fingerprint", "lines")[:BATCH_ROWS])
        old = [row for row in found if row.lines and not keyring.is_current(bytes(row.lines))]
        for row in old:
            place = _place(row.pipe_id, bytes(row.fingerprint))
            row.lines = keyring.encrypt(keyring.decrypt(bytes(row.lines), place), place)
        rows_of_all_stores(Batch).bulk_update(old, ["lines"])
    return (found[-1].pk, len(old)) if found else None


def _place(pipe_id: int, fingerprint: bytes) -> Place:
    return Place(table="pipes_batch", column="lines", row=f"{pipe_id}:{fingerprint.hex()}")
