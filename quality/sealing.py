"""Encrypts held records, which may name people. A record opens only as that of its source and its digest."""

from __future__ import annotations

from django.db import transaction

from quality.records import HeldRecord
from stores.encryption import Keyring, Place
from stores.keys import read_keyring
from stores.rows import rows_of_all_stores

COLUMN = "quality_heldrecord.raw"
BATCH_ROWS = 200


def seal_record(raw: str, source_id: int, data_type: str, digest: bytes, keyring: Keyring | None = None) -> bytes:
    """A record as it is stored. `keyring` saves many calls from reading the keys."""
    text = raw.encode("utf-8", "surrogatepass")
    return (keyring or read_keyring()).encrypt(text, _place(source_id, data_type, digest))


def open_record(row: HeldRecord, sealed: bytes | memoryview) -> str:
    """The record in `raw` or `corrected` of a row; raises `stores.encryption.Undecipherable`."""
    place = _place(row.source_id, row.data_type, bytes(row.digest))
    return read_keyring().decrypt(bytes(sealed), place).decode("utf-8", "surrogatepass")


def rotate_records(keyring: Keyring, after: int) -> tuple[int, int] | None:
    """Encrypt some records again: see `stores.rotation`."""
    with transaction.atomic():
        rows = rows_of_all_stores(HeldRecord).select_for_update(no_key=True).filter(pk__gt=after).order_by("pk")
        found = list(rows.only("source_id", "data_type", "digest", "raw", "corrected")[:BATCH_ROWS])
        old = [row for row in found if not keyring.is_current(bytes(row.raw))]
        for row in old:
            place = _place(row.source_id, row.data_type, bytes(row.digest))
            row.raw = keyring.encrypt(keyring.decrypt(bytes(row.raw), place), place)
            if row.corrected:
                row.corrected = keyring.encrypt(keyring.decrypt(bytes(row.corrected), place), place)
        rows_of_all_stores(HeldRecord).bulk_update(old, ["raw", "corrected"])
    return (found[-1].pk, len(old)) if found else None


def _place(source_id: int, data_type: str, digest: bytes) -> Place:
    return Place(table="quality_heldrecord", column="raw", row=f"{source_id}:{data_type}:{digest.hex()}")
