"""`manage.py rotate_keys`: adds a key where the product keeps them itself, and encrypts all secrets with the first key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stores import keys, rotation
from stores.encryption import BadKeys, Undecipherable


class Command(BaseCommand):
    help = "Encrypt the secrets of stores with a new key. The product may run meanwhile; older keys still read."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            name = _add_key()
            for column, count in rotation.rotate():
                self.stdout.write(f"{column}: {count} rows encrypted with key {name}")
        except (BadKeys, Undecipherable) as error:
            raise CommandError(str(error)) from error


def _add_key() -> str:
    """The id of the key that writes: a new one, or the first one of the environment."""
    try:
        return keys.add_key()
    except keys.KeysInEnvironment:
        return keys.read_keyring().writes_with
