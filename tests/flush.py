"""Empties the tables that a test has filled, in place of Django's flush, after a test that commits.

Django's flush empties all tables and makes all content types, permissions and groups again, which takes four times as
long. Here those stay, unless the test has changed them; then Django's flush does the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase
from psycopg import sql

KEPT = ("django_content_type", "auth_permission", "auth_group", "auth_group_permissions")
# Django and this app fill them after each migration.
KEEPER = "accounts"
# A statement can only empty a table together with all tables that refer to it.
WITH_REFERRING = """
WITH RECURSIVE emptied AS (
    SELECT unnest(%s::regclass[]) AS name
    UNION SELECT conrelid::regclass FROM pg_constraint, emptied WHERE confrelid = name AND contype = 'f'
)
SELECT name::text FROM emptied
"""


class Flush:
    """Takes the place of Django's flush while it is installed."""

    def __init__(self) -> None:
        self._kept = _read_kept()
        self._filling = [config for config in apps.get_app_configs() if config.label != KEEPER and _fills(config)]

    def run(self) -> None:
        """Bring all tables back to what they contain after a flush."""
        if _read_kept() != self._kept:
            call_command("flush", verbosity=0, interactive=False)
            self._kept = _read_kept()
            return
        with transaction.atomic(), connection.cursor() as cursor:
            _empty(cursor)
        for config in self._filling:
            _send_migrated(config)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Run it after each test that commits."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: self.run())
            yield


def _read_kept() -> list[str]:
    rows = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} || t::text FROM {} t").format(name, sql.Identifier(name)) for name in KEPT
    )
    with connection.cursor() as cursor:
        cursor.execute(rows)
        return sorted(row for (row,) in cursor.fetchall())


def _empty(cursor: CursorWrapper) -> None:
    """Empty what has rows. The locks wait until sessions that the test has left have ended what they write."""
    names = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - set(KEPT)
    tables = {name: sql.Identifier(name) for name in sorted(names)}
    cursor.execute(sql.SQL("LOCK TABLE {}").format(sql.SQL(", ").join(tables.values())))
    looks = (sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(*each) for each in tables.items())
    cursor.execute(sql.SQL(" UNION ALL ").join(looks))
    cursor.execute(WITH_REFERRING, [[name for (name,) in cursor.fetchall()]])
    if emptied := [sql.Identifier(name) for (name,) in cursor.fetchall()]:
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(emptied)))


def _fills(config: AppConfig) -> bool:
    """Whether something of this project makes rows after each migration of this app."""
    return any(not receiver.__module__.startswith("django.") for receiver, _ in _send_migrated(config))


def _send_migrated(config: AppConfig) -> list[tuple[Any, Any]]:
    return post_migrate.send(
        config, app_config=config, verbosity=0, interactive=False, using=DEFAULT_DB_ALIAS, apps=apps, plan=[]
    )
