"""The default store, the zones of stores, and what the database refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from invoices.models import Series
from runtime import environment
from runtime.environment import BadSetting
from stores import operations
from stores.models import Store
from stores.queries import UnknownStore, read_store, read_stores

pytestmark = pytest.mark.django_db


def test_every_database_has_the_store_main() -> None:
    (store,) = read_stores()
    assert (store.id, store.slug, store.currency, store.timezone, store.is_demo) == (1, "main", "SAR", "UTC", False)


def test_the_default_store_is_made_again_and_never_changed() -> None:
    Store.objects.update(name="Nordwind", timezone="Europe/Berlin")
    operations.ensure_default_store()
    assert read_store("main").name == "Nordwind"
    # A store with series cannot be deleted.
    other = Store.objects.create(slug="second", name="Second", currency="EUR")
    Series.objects.update(store=other)
    Store.objects.get(slug="main").delete()
    operations.ensure_default_store()
    assert read_store("main").id == 1


def test_a_second_store_gets_another_id() -> None:
    assert Store.objects.create(slug="second", name="Second", currency="EUR").pk > 1


def test_a_store_without_a_zone_is_in_the_zone_of_the_installation(settings: Any) -> None:
    settings.INVOICEDASH_TIMEZONE = "Asia/Riyadh"
    assert read_store("main").timezone == "Asia/Riyadh"
    Store.objects.update(timezone="Europe/Berlin")
    assert read_store("main").timezone == "Europe/Berlin"


@pytest.mark.parametrize("zone", ["Berlin", "Mars/Olympus", "../etc/passwd", "localtime"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError, match="is not a time zone"):
        Store(slug="x", name="x", currency="EUR", timezone=zone).full_clean()
    with pytest.raises(BadSetting, match="INVOICEDASH_TIMEZONE"):
        environment.read({"INVOICEDASH_TIMEZONE": zone})


@pytest.mark.parametrize("changes", [{"currency": "eur"}, {"name": ""}, {"slug": "main"}])
def test_the_database_refuses_a_store_that_cannot_be(changes: dict[str, str]) -> None:
    with pytest.raises(IntegrityError):
        Store.objects.create(**{"slug": "x", "name": "x", "currency": "EUR"} | changes)


def test_an_unknown_store_is_said() -> None:
    with pytest.raises(UnknownStore, match="is not a store"):
        read_store("nowhere")
