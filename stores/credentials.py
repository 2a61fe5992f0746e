"""The secrets of stores: written encrypted, read for one store at a time, under row-level security."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django_scopes import scope, scopes_disabled

from runtime.clock import ClockTimestamp
from stores import keys
from stores.models import Credential
from stores.models.credential import place_of

# Names the stores whose rows this transaction may see. A superuser, whom PostgreSQL exempts from row-level security,
# reads as a role that is not exempt.
_NAME_STORES = """
SELECT set_config('invoicedash.stores', %(stores)s, true),
    CASE WHEN %(reads_only)s AND (rolsuper OR rolbypassrls) THEN set_config('role', 'pg_read_all_data', true) END
FROM pg_roles WHERE rolname = current_user
"""
_NAME_NONE = "SELECT set_config('role', 'none', true), set_config('invoicedash.stores', '', true)"
ALL_STORES = "*"
# The secret with which webhooks are removed from the shop that a store has left; deleted when that is done.
LEAVING = "leaving"


class UnknownCredential(LookupError):
    """The store has no secret of that name."""


def write_credential(store_id: int, name: str, secret: str) -> None:
    """Store `secret` under `name`; it replaces an earlier one."""
    with _rows_of(store_id, reads_only=False):
        Credential.objects.update_or_create(
            store_id=store_id,
            name=name,
            defaults={"ciphertext": keys.encrypt(secret, place_of(store_id, name)), "changed_at": ClockTimestamp()},
        )


def read_credential(store_id: int, name: str) -> str:
    """The secret; raises `UnknownCredential`, or `encryption.Undecipherable`."""
    with _rows_of(store_id, reads_only=True):
        found = Credential.objects.filter(name=name).values_list("ciphertext", flat=True).first()
    if found is None:
        raise UnknownCredential(f"Store {store_id} has no secret {name[:40]!r}: connect the store again.")
    return keys.decrypt(bytes(found), place_of(store_id, name))


def read_credentials(store_id: int) -> dict[str, str]:
    """All secrets of the store by their names; raises `encryption.Undecipherable`."""
    with _rows_of(store_id, reads_only=True):
        rows = list(Credential.objects.values_list("name", "ciphertext"))
    return {name: keys.decrypt(bytes(sealed), place_of(store_id, name)) for name, sealed in rows}


def delete_credentials(store_id: int, *, but: str = "") -> None:
    """Delete all secrets of the store, or all but one."""
    with _rows_of(store_id, reads_only=False):
        Credential.objects.exclude(name=but).delete()


def delete_credential(store_id: int, name: str) -> None:
    """Delete the secret of that name where there is one."""
    with _rows_of(store_id, reads_only=False):
        Credential.objects.filter(name=name).delete()


@contextmanager
def rows_of_all_stores() -> Iterator[None]:
    """Within, a transaction sees the secrets of all stores: for the rotation of keys alone."""
    with transaction.atomic(), scopes_disabled():
        _name(ALL_STORES, reads_only=False)
        yield
        _name_none()


@contextmanager
def _rows_of(store_id: int, *, reads_only: bool) -> Iterator[None]:
    with transaction.atomic(), scope(store=store_id):
        _name(str(store_id), reads_only=reads_only)
        yield
        _name_none()


def _name(stores: str, *, reads_only: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NAME_STORES, {"stores": stores, "reads_only": reads_only})


def _name_none() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NAME_NONE)
