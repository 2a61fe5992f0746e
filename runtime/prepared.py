"""Asks what is asked every second: PostgreSQL prepares such a statement once per connection, and plans it no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# After so many times on a connection. Django makes its connections without preparing.
THRESHOLD = 2


def fetch_all(statement: str, parameters: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of `statement`, on the connection of this thread, with Django's wrappers and errors."""
    import psycopg
    from django.db import connection

    database: Any = connection
    database.ensure_connection()
    raw = database.connection
    raw.prepare_threshold = THRESHOLD
    with database._prepare_cursor(psycopg.Cursor(raw)) as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
