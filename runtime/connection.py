"""Closes the database connection of the thread that asks."""

from __future__ import annotations

from django.db import connection


def close_connection() -> None:
    """Close the connection of this thread; its next query opens another one.

    `connection.close` itself is the method of the connection of the thread that reads this attribute.
    """
    connection.close()
