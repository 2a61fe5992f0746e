"""Encrypts secrets with AES-256-GCM. A ciphertext is bound to its table, column and row: it is valid in no other place.

A ciphertext is: the version byte, the length of the key's id, the id, a nonce of 12 bytes, the sealed bytes with their
tag. The first key of a keyring writes; every key reads, so that keys can be replaced while the product runs.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
KEY_BYTES, NONCE_BYTES = 32, 12
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)


class BadKeys(ValueError):
    """The text is not a list of keys. The message never contains a key."""


class Undecipherable(ValueError):
    """The ciphertext was changed or moved, or its key is missing."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """The column and the row that a ciphertext belongs to. `row` names the row for its whole life."""

    table: str
    column: str
    row: str

    @property
    def bound(self) -> bytes:
        """The additional data of the seal. NUL separates the parts, so that no two places have the same bytes."""
        return "\0".join((self.table, self.column, self.row)).encode()


@dataclass(frozen=True)
class Keyring:
    """The keys by their ids. The first one writes."""

    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def writes_with(self) -> str:
        """The id of the key that new ciphertexts have."""
        return next(iter(self.keys))

    def encrypt(self, secret: bytes, place: Place) -> bytes:
        """Seal `secret` for `place`."""
        name, nonce = self.writes_with.encode(), os.urandom(NONCE_BYTES)
        sealed = _cipher(self.keys[self.writes_with]).encrypt(nonce, secret, place.bound)
        return VERSION + bytes([len(name)]) + name + nonce + sealed

    def decrypt(self, ciphertext: bytes, place: Place) -> bytes:
        """The secret; raises `Undecipherable`."""
        from cryptography.exceptions import InvalidTag

        name, sealed = _split(ciphertext)
        if name not in self.keys:
            raise Undecipherable(f"The key {name!r} is missing: add it to STORES_ENCRYPTION_KEYS.")
        try:
            return _cipher(self.keys[name]).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.bound)
        except (InvalidTag, ValueError) as error:
            raise Undecipherable(f"{place.table}.{place.column} of row {place.row} does not open.") from error

    def is_current(self, ciphertext: bytes) -> bool:
        """Whether the key that writes sealed `ciphertext`."""
        return _split(ciphertext)[0] == self.writes_with


def _cipher(key: bytes) -> AESGCM:
    """The cipher of a key. The library takes memory, so only processes that use secrets import it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def parse_keys(text: str) -> Keyring:
    """The keyring in `id:base64,...`; raises `BadKeys`."""
    keys: dict[str, bytes] = {}
    for part in text.split(","):
        name, _, value = part.strip().partition(":")
        if not KEY_ID.fullmatch(name) or name in keys:
            raise BadKeys("each key needs an id of its own, of up to 16 letters, digits, - and _")
        keys[name] = _decode(value)
    return Keyring(keys)


def make_key(name: str) -> str:
    """A new random key as text."""
    return f"{name}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def _decode(value: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except binascii.Error:
        raise BadKeys("a key is not valid base64") from None
    if len(key) != KEY_BYTES:
        raise BadKeys(f"a key has {len(key)} bytes and needs {KEY_BYTES}")
    return key


def _split(ciphertext: bytes) -> tuple[str, bytes]:
    """The id of the key, and the nonce with the sealed bytes."""
    if len(ciphertext) < 2 or ciphertext[:1] != VERSION:
        raise Undecipherable("This is not a ciphertext of the product.")
    end = 2 + ciphertext[1]
    return ciphertext[2:end].decode("ascii", "replace"), ciphertext[end:]
