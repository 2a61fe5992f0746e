"""The keys of the installation: `STORES_ENCRYPTION_KEYS`, or a file of the data directory that is made at the first use.

The file is read at each use, so a new key needs no restart.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings

from stores.encryption import Keyring, Place, make_key, parse_keys

FILE_NAME = "store_keys"


class KeysInEnvironment(RuntimeError):
    """The keys come from the environment, so the product cannot add one."""


def read_keyring() -> Keyring:
    """The keys of now; makes the first one. Raises `encryption.BadKeys`."""
    if settings.STORES_ENCRYPTION_KEYS:
        return parse_keys(settings.STORES_ENCRYPTION_KEYS)
    path = _path()
    if not path.exists():
        _publish(make_key("k1"), path, is_new=True)
    return parse_keys(path.read_text())


def add_key() -> str:
    """Add a key, which writes from now on; returns its id. Raises `KeysInEnvironment`. Call it in one process at a time."""
    if settings.STORES_ENCRYPTION_KEYS:
        raise KeysInEnvironment("The keys are in STORES_ENCRYPTION_KEYS: put a new key in front of the list there.")
    keys = read_keyring().keys
    name = f"k{len(keys) + 1}"
    while name in keys:
        name += "x"
    _publish(f"{make_key(name)},{_path().read_text().strip()}", _path(), is_new=False)
    return name


def encrypt(secret: str, place: Place) -> bytes:
    """`secret`, sealed for `place`."""
    return read_keyring().encrypt(secret.encode(), place)


def decrypt(ciphertext: bytes, place: Place) -> str:
    """The secret; raises `encryption.Undecipherable`."""
    return read_keyring().decrypt(ciphertext, place).decode()


def _path() -> Path:
    return Path(settings.INVOICEDASH_DATA_DIR) / FILE_NAME


def _publish(text: str, path: Path, *, is_new: bool) -> None:
    """Write the file whole or not at all, for this user only. Of several processes, the first one makes a new file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{FILE_NAME}.")
    with os.fdopen(handle, "w") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        if is_new:
            os.link(name, path)
        else:
            os.replace(name, path)
    except FileExistsError:
        pass
    Path(name).unlink(missing_ok=True)
