"""The migrated database of a test run: made once by whichever worker needs it first, and copied by PostgreSQL for each."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from runtime.environment import BASE_DIR

NAME, UNFINISHED = "migrated", "unfinished"


def template() -> str:
    """Its name; makes it where there is none yet."""
    address = os.environ["DATABASE_URL"]
    with (
        open(Path(os.environ["INVOICEDASH_DATA_DIR"]) / "migrated.lock", "w") as lock,
        psycopg.connect(address, dbname="postgres", autocommit=True) as server,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            _make(server, address)
    return NAME


@contextmanager
def copy(name: str) -> Iterator[str]:
    """The address of a copy with that name, which is dropped at the end."""
    address = os.environ["DATABASE_URL"]
    copied, source = sql.Identifier(name), sql.Identifier(template())
    with psycopg.connect(address, dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copied, source))
        try:
            yield urlsplit(address)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(copied))


def _make(server: psycopg.Connection[tuple[object, ...]], address: str) -> None:
    unfinished, name = sql.Identifier(UNFINISHED), sql.Identifier(NAME)
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(unfinished))
    server.execute(sql.SQL("CREATE DATABASE {}").format(unfinished))
    env = {**os.environ, "DATABASE_URL": urlsplit(address)._replace(path=f"/{UNFINISHED}").geturl()}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=BASE_DIR, env=env, check=True)
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(unfinished, name))
