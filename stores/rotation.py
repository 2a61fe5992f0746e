"""Rotation of keys: encrypts again what an older key sealed, in short transactions, while the product runs.

An app above registers each of its encrypted columns here. A row that another process changes meanwhile is left alone:
what is written now has the new key already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from stores import credentials
from stores.encryption import Keyring
from stores.keys import read_keyring
from stores.models import Credential
from stores.models.credential import place_of

BATCH_ROWS = 100
# Encrypts the rows after an id again; returns the last id of the batch with the number of changed rows, or None at the end.
Rotate = Callable[[Keyring, int], tuple[int, int] | None]
_columns: dict[str, Rotate] = {}


def register_column(name: str, rotate: Rotate) -> None:
    """Register an encrypted column, named TABLE.COLUMN."""
    _columns[name] = rotate


def rotate() -> Iterator[tuple[str, int]]:
    """Encrypt all columns with the first key; yields each column with its number of changed rows."""
    keyring = read_keyring()
    for name, rotate_some in _columns.items():
        yield name, _rotate_column(rotate_some, keyring)


def _rotate_column(rotate_some: Rotate, keyring: Keyring) -> int:
    after, count = 0, 0
    while (step := rotate_some(keyring, after)) is not None:
        after, changed = step
        count += changed
    return count


def rotate_credentials(keyring: Keyring, after: int) -> tuple[int, int] | None:
    """The `Rotate` of the secrets of stores."""
    with credentials.rows_of_all_stores():
        rows = list(Credential.objects.select_for_update().filter(pk__gt=after).order_by("pk")[:BATCH_ROWS])
        old = [row for row in rows if not keyring.is_current(bytes(row.ciphertext))]
        for row in old:
            place = place_of(row.store_id, row.name)
            row.ciphertext = keyring.encrypt(keyring.decrypt(bytes(row.ciphertext), place), place)
        Credential.objects.bulk_update(old, ["ciphertext"])
    return (rows[-1].pk, len(old)) if rows else None


register_column("stores_credential.ciphertext", rotate_credentials)
