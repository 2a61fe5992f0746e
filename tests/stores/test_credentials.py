"""Secrets of stores: encrypted in the table, hidden from other stores, rotated while they are read."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_scopes import scope
from django_scopes.exceptions import ScopeError
from pytest_django import Settings

from stores import keys
from stores.credentials import UnknownCredential, delete_credentials, read_credential, write_credential
from stores.encryption import Undecipherable, make_key
from stores.models import Credential, Store
from tests.stores.conftest import Two

SECRET = "cs_5e8a1b7c-not-a-real-secret"


def seen_by_sql(stores: str | None) -> int:
    """How many secrets plain SQL sees after it has named these stores."""
    with connection.cursor() as cursor:
        if stores is not None:
            cursor.execute("SELECT set_config('invoicedash.stores', %s, true)", [stores])
        cursor.execute("SELECT count(*) FROM stores_credential")
        return int(cursor.fetchone()[0])


def test_a_secret_is_read_as_it_was_written_and_replaced(two: Two) -> None:
    write_credential(two.store.pk, "consumer_secret", "first")
    write_credential(two.store.pk, "consumer_secret", SECRET)
    assert read_credential(two.store.pk, "consumer_secret") == SECRET


def test_the_table_does_not_contain_the_secret(two: Two) -> None:
    write_credential(two.store.pk, "consumer_secret", SECRET)
    with scope(store=two.store.pk), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('invoicedash.stores', '*', true)")
        cursor.execute("SELECT ciphertext, stores_credential::text FROM stores_credential")
        ciphertext, row = cursor.fetchone()
    assert SECRET.encode() not in bytes(ciphertext)
    assert SECRET not in row


def test_a_store_has_only_its_own_secrets(two: Two) -> None:
    write_credential(two.store.pk, "consumer_secret", SECRET)
    with pytest.raises(UnknownCredential):
        read_credential(two.foreign.pk, "consumer_secret")
    delete_credentials(two.foreign.pk)
    assert read_credential(two.store.pk, "consumer_secret") == SECRET
    delete_credentials(two.store.pk)
    with pytest.raises(UnknownCredential):
        read_credential(two.store.pk, "consumer_secret")


def test_a_ciphertext_copied_to_another_store_does_not_open(two: Two) -> None:
    write_credential(two.store.pk, "consumer_secret", SECRET)
    write_credential(two.foreign.pk, "consumer_secret", "other")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('invoicedash.stores', '*', true)")
        cursor.execute(
            "UPDATE stores_credential SET ciphertext = (SELECT ciphertext FROM stores_credential WHERE store_id = %s)"
            " WHERE store_id = %s",
            [two.store.pk, two.foreign.pk],
        )
    with pytest.raises(Undecipherable):
        read_credential(two.foreign.pk, "consumer_secret")


def test_a_query_without_a_scope_raises(two: Two) -> None:
    with pytest.raises(ScopeError):
        Credential.objects.first()


def test_sql_sees_no_row_of_a_store_that_it_does_not_name(two: Two) -> None:
    write_credential(two.store.pk, "consumer_secret", SECRET)
    assert seen_by_sql(None) == 0
    assert seen_by_sql(str(two.foreign.pk)) == 0
    assert seen_by_sql(f"{two.foreign.pk},{two.store.pk}") == 1
    assert seen_by_sql("*") == 1


def test_row_security_holds_when_a_query_names_no_store(two: Two) -> None:
    write_credential(two.store.pk, "consumer_secret", SECRET)
    with scope(store=None):
        assert not Credential.objects.exists()


def test_no_name_stays_behind_after_a_read(two: Two) -> None:
    write_credential(two.store.pk, "consumer_secret", SECRET)
    read_credential(two.store.pk, "consumer_secret")
    assert seen_by_sql(None) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role'), current_setting('invoicedash.stores', true)")
        assert cursor.fetchone() == ("none", "")


def test_the_first_key_is_made_once_for_this_user_alone(two: Two, data_dir: Path) -> None:
    first = keys.read_keyring()
    assert keys.read_keyring() == first
    assert (data_dir / keys.FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in data_dir.iterdir() if path.name.startswith(keys.FILE_NAME)] == [keys.FILE_NAME]


def test_rotation_adds_a_key_and_encrypts_every_secret_with_it(two: Two) -> None:
    write_credential(two.store.pk, "consumer_key", "ck")
    write_credential(two.foreign.pk, "consumer_secret", SECRET)
    old = keys.read_keyring()
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "stores_credential.ciphertext: 2 rows encrypted with key k2" in out.getvalue()
    assert keys.read_keyring().writes_with == "k2"
    assert keys.read_keyring().keys["k1"] == old.keys["k1"]
    assert read_credential(two.foreign.pk, "consumer_secret") == SECRET
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('invoicedash.stores', '*', true)")
        cursor.execute("SELECT ciphertext FROM stores_credential")
        assert all(keys.read_keyring().is_current(bytes(sealed)) for (sealed,) in cursor.fetchall())


def test_rotation_takes_the_first_key_of_the_environment(two: Two, settings: Settings) -> None:
    old, new = make_key("a"), make_key("b")
    settings.STORES_ENCRYPTION_KEYS = old
    write_credential(two.store.pk, "consumer_secret", SECRET)
    settings.STORES_ENCRYPTION_KEYS = f"{new},{old}"
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "1 rows encrypted with key b" in out.getvalue()
    settings.STORES_ENCRYPTION_KEYS = new
    assert read_credential(two.store.pk, "consumer_secret") == SECRET


def test_rotation_without_the_old_key_says_which_is_missing_and_changes_nothing(two: Two, settings: Settings) -> None:
    settings.STORES_ENCRYPTION_KEYS = make_key("a")
    write_credential(two.store.pk, "consumer_secret", SECRET)
    settings.STORES_ENCRYPTION_KEYS = make_key("b")
    with pytest.raises(CommandError, match="'a' is missing"):
        call_command("rotate_keys", stdout=StringIO())


def test_a_store_with_secrets_loses_them_with_its_row(two: Two) -> None:
    write_credential(two.store.pk, "consumer_secret", SECRET)
    delete_credentials(two.store.pk)
    assert Store.objects.filter(pk=two.store.pk).exists()
    assert seen_by_sql("*") == 0
