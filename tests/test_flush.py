"""The quick flush leaves behind what Django's flush does, whatever a test has changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import connection

from stores.models import Store
from tests.flush import Flush

pytestmark = pytest.mark.django_db(transaction=True)


def counts() -> dict[str, int]:
    """The number of rows of each table that has some."""
    with connection.cursor() as cursor:
        found = {}
        for name in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            found[name] = cursor.fetchone()[0]
    return {name: count for name, count in found.items() if count}


def nothing() -> None:
    pass


def fill() -> None:
    User.objects.create(username="somebody").groups.add(Group.objects.get(name="viewer"))
    Store.objects.create(slug="other", name="Other", currency="EUR")


def change_a_group() -> None:
    Group.objects.get(name="viewer").permissions.clear()


def delete_a_permission() -> None:
    Permission.objects.filter(codename="view_store").delete()


@pytest.mark.parametrize("change", [nothing, fill, change_a_group, delete_a_permission])
def test_all_tables_are_as_after_a_flush_of_django(change: Callable[[], None]) -> None:
    call_command("flush", verbosity=0, interactive=False)
    expected, flush = counts(), Flush()
    change()
    flush.run()
    assert counts() == expected
