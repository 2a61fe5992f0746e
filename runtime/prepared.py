"""Runs frequent queries as prepared statements: PostgreSQL plans such a statement once per connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# Prepare after this many executions on a connection. Django's connections do not prepare statements.
THRESHOLD = 2


def fetch_all(statement: str, parameters: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of `statement`, on this thread's connection, with Django's wrappers and errors."""
    import psycopg
    from django.db import connection

    database: Any = connection
    database.ensure_connection()
    raw = database.connection
    raw.prepare_threshold = THRESHOLD
    with database._prepare_cursor(psycopg.Cursor(raw)) as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
