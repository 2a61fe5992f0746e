"""Two databases of different sizes on one PostgreSQL, for queries that run on both in turn."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

SMALL, LARGE = "small", "large"


def make(sizes: dict[str, int], **dates: Any) -> None:
    """Create both databases, with the product's tables, the given number of invoices and one administrator.

    `dates` are those of `seed.fill`.
    """
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection, connections

    from bench import seed

    for name, rows in sizes.items():
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE bench_{name}")
        connections.settings[name] = {**connections.settings["default"], "NAME": f"bench_{name}"}
        with use(name):
            call_command("migrate", verbosity=0)
            get_user_model().objects.create_superuser("bench", password=None)
            seed.fill(rows, **dates)


@contextlib.contextmanager
def use(name: str) -> Iterator[None]:
    """Make Django's default connection use this database."""
    from django.db import connections

    default = connections["default"]
    connections["default"] = connections[name]
    try:
        yield
    finally:
        connections["default"] = default
