"""The table of idempotency keys keeps its rows when another app takes it over."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from web.models import IdempotencyKey


@pytest.mark.django_db(transaction=True)
def test_keys_survive_the_migrations_that_hand_their_table_over() -> None:
    IdempotencyKey.objects.create(scope="1", key="k1", fingerprint=b"f", status=201, reference="INV-1")
    try:
        call_command("migrate", "web", "zero", verbosity=0)
        call_command("migrate", "invoices", "0011", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    kept = IdempotencyKey.objects.get()
    assert (kept.key, kept.status, kept.reference) == ("k1", 201, "INV-1")
