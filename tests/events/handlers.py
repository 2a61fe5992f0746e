"""Handlers of the tests: each event leaves a row in `tests_effect`, a table without any constraint."""

from __future__ import annotations

from django.db import connection

from events.types import Event

# Keys whose events fail, while they are in here.
FAILING: set[str] = set()


class Refused(RuntimeError):
    """The handler was asked to fail."""


def note(event: Event) -> None:
    """Leave the effect first, so that a failure has something to roll back."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO tests_effect (event_id, key) VALUES (%s, %s)", [event.id, event.key])
    if event.key in FAILING:
        raise Refused(f"{event.key} is refused")


def lose_connection(event: Event) -> None:
    """The session ends in the middle, as when PostgreSQL is restarted."""
    note(event)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def wait_too_long(event: Event) -> None:
    """A statement that the server cancels."""
    note(event)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 10")
        cursor.execute("SELECT pg_sleep(60)")
