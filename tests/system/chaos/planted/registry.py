"""How bugs are planted and taken out again.

`plant(name)` changes this process; `SQL[name]` changes the database before the first schedule.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg

BUGS: dict[str, Callable[[], None]] = {}
SQL: dict[str, list[str]] = {}
SWAPPED: list[tuple[Any, str, Any]] = []


class NotOurs(RuntimeError):
    """The database is none of the fault runs'; nothing is planted there."""


def bug(name: str, *sql: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a bug under its name."""

    def register(change: Callable[[], None]) -> Callable[[], None]:
        BUGS[name] = change
        SQL[name] = list(sql)
        return change

    return register


def plant(name: str) -> None:
    """Plant the bug in this process; raises `NotOurs` on any database that was not made for fault runs."""
    from django.conf import settings

    database = str(settings.DATABASES["default"]["NAME"])
    directory = str(settings.INVOICEDASH_DATA_DIR)
    if not database.startswith("test_") and "/invoicedash-stack-" not in directory:
        raise NotOurs(f"{database} in {directory} is not a database of the fault runs.")
    BUGS[name]()


def break_rules(name: str, connection: psycopg.Connection[Any]) -> None:
    """Take out of the database what the bug takes out; triggers have names with a digest behind."""
    for statement in SQL[name]:
        for trigger in re.findall(r"\{trigger:(\w+)\}", statement):
            row = connection.execute(
                "SELECT tgname FROM pg_trigger WHERE tgname LIKE %s", [f"pgtrigger_{trigger}_%"]
            ).fetchone()
            assert row is not None, f"there is no trigger {trigger}"
            statement = statement.replace(f"{{trigger:{trigger}}}", row[0])
        connection.execute(statement.encode())


def get(owner: Any, name: str) -> Any:
    """What a module imported from elsewhere under that name."""
    return getattr(owner, name)


def swap(owner: Any, name: str, replacement: Any) -> Any:
    """Replace an attribute that must be there; returns the old one."""
    old = getattr(owner, name)
    setattr(owner, name, replacement)
    SWAPPED.append((owner, name, old))
    return old


def uproot() -> None:
    """Put back in this process whatever was planted in it."""
    while SWAPPED:
        setattr(*SWAPPED.pop())
