"""Empties the tables that a test has filled, in place of Django's flush, after a test that commits.

Django's flush empties all tables and makes all content types, permissions and groups again, which takes ten times as
long. Here those stay, unless the test has changed them; then Django's flush does the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
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


# What an app has connected to be called after a migration.
Filler = Callable[[], Any]


class Flush:
    """Takes the place of Django's flush while it is installed."""

    def __init__(self) -> None:
        self._fillers = _find_fillers()
        self._kept = _read_kept()
        with connection.cursor() as cursor:
            self._refilled = _with_rows(cursor, _all_tables())

    def run(self) -> None:
        """Bring all tables back to what they contain after a flush."""
        if _read_kept() != self._kept:
            call_command("flush", verbosity=0, interactive=False)
            self._kept = _read_kept()
            return
        with transaction.atomic(), connection.cursor() as cursor:
            self._empty(cursor)
        for fill in self._fillers:
            fill()

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Run it after each test that commits."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: self.run())
            yield

    def _empty(self, cursor: CursorWrapper) -> None:
        """Empty what has rows. The locks wait until sessions that the test has left have ended what they write.

        Most tables refer to those that each flush fills. Their few rows are deleted: to empty them by TRUNCATE would
        make new files for all tables that refer to them.
        """
        tables = _all_tables()
        cursor.execute(sql.SQL("LOCK TABLE {}").format(_listed(tables)))
        filled = _with_rows(cursor, tables) | _with_hidden_rows(cursor)
        cursor.execute(WITH_REFERRING, [sorted(filled - self._refilled)])
        emptied = {name for (name,) in cursor.fetchall()}
        if emptied:
            cursor.execute(sql.SQL("TRUNCATE {}").format(_listed(emptied)))
        for name in sorted((filled & self._refilled) - emptied):
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))


def _read_kept() -> list[str]:
    rows = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} || t::text FROM {} t").format(name, sql.Identifier(name)) for name in KEPT
    )
    with connection.cursor() as cursor:
        cursor.execute(rows)
        return sorted(row for (row,) in cursor.fetchall())


def _all_tables() -> set[str]:
    return set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - set(KEPT)


def _with_rows(cursor: CursorWrapper, tables: set[str]) -> set[str]:
    looks = (sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name)) for name in tables)
    cursor.execute(sql.SQL(" UNION ALL ").join(looks))
    return {name for (name,) in cursor.fetchall()}


def _with_hidden_rows(cursor: CursorWrapper) -> set[str]:
    """The tables whose rows a policy hides, so that it cannot be seen whether there are any."""
    cursor.execute("SELECT relname::text FROM pg_class WHERE relforcerowsecurity")
    return {name for (name,) in cursor.fetchall()}


def _listed(tables: set[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in sorted(tables))


def _find_fillers() -> list[Filler]:
    """What makes rows after each migration, without what Django makes."""
    configs = [config for config in apps.get_app_configs() if config.label != KEEPER]
    return [
        partial(receiver, signal=post_migrate, sender=config, **_options(config))
        for config in configs
        for receiver, _ in post_migrate.send(config, **_options(config))
        if not receiver.__module__.startswith("django.")
    ]


def _options(config: AppConfig) -> dict[str, Any]:
    quiet = {"verbosity": 0, "interactive": False}
    return {"app_config": config, "using": DEFAULT_DB_ALIAS, "apps": apps, "plan": [], **quiet}
