"""The servers of the core set: a PostgreSQL and a Valkey of its own, and a fresh database every few schedules.

In a test run PostgreSQL begins with the data of the tests' products, which is migrated already.
"""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import psycopg

from local.paths import run_dir
from local.servers import DATABASE, Postgres, Redis, Server
from tests import template
from tests.stack import FOREIGN, clean_environment
from tests.system.chaos.outcome import Outcome
from tests.system.chaos.planted import bugs

# The crash of a server loses nothing that it has written; the crash of the machine, which we cannot have, would.
# Commits stay synchronous: without, the crash of PostgreSQL forgets what it has answered.
FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
# The limits of a serving process, in milliseconds, compressed like everything else.
LIMITS = "-c lock_timeout=300 -c statement_timeout=600 -c idle_in_transaction_session_timeout=250"
NO_LIMITS = "SET lock_timeout = 0; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"
# Ends every session of the product.
CUT_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'invoicedash'"
START_SECONDS = 60.0
TEMPLATE = "test_chaos"
T = TypeVar("T")


class Ground:
    """The two servers, which may be killed and are started again by `tend`, and the database of the moment."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="invoicedash-core-", dir=template.place()))
        sockets = run_dir(self.root)
        self._data_dir = self.root / "data"
        self.postgres = Postgres(self._data_dir, sockets, settings=FAST)
        self.redis = Redis(self.root, sockets, settings={"appendonly": "no"})
        self.database = self._template = TEMPLATE
        self._run_dir = sockets
        self._count = 0
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._looking: psycopg.Connection[tuple[Any, ...]] | None = None

    def start(self) -> None:
        """Start both and set Django up on them, in this process."""
        template.fill(self._data_dir, clean_environment())
        for server in (self.postgres, self.redis):
            self._start(server)
        self.wait_for(self.postgres)
        self.wait_for(self.redis)
        copy = f"CREATE DATABASE {TEMPLATE} OWNER invoicedash TEMPLATE {DATABASE} STRATEGY FILE_COPY"
        self.ask(lambda asked: asked.execute(copy), "postgres")
        _set_django_up(self._url(TEMPLATE), self.redis.url, self.root)
        # Or every fork's collector would touch, and so copy, all that was imported.
        gc.collect()
        gc.freeze()

    def plant(self, bug: str) -> None:
        """Plant `bug` in this process and in the databases of the next schedules; `uproot` takes it out again."""
        self._template = f"{TEMPLATE}_{bug.replace('-', '_')}"
        copy = f"CREATE DATABASE {self._template} OWNER invoicedash TEMPLATE {TEMPLATE} STRATEGY FILE_COPY"
        self.ask(lambda asked: asked.execute(copy), "postgres")
        bugs.plant(bug)
        self.ask(lambda asked: bugs.break_rules(bug, asked), self._template)

    def uproot(self) -> None:
        bugs.uproot()
        self._template = TEMPLATE
        self.ask(lambda asked: asked.execute("ALTER ROLE invoicedash RESET ALL"), "postgres")

    def find(self, bug: str, outcomes: Iterable[Outcome]) -> Outcome | None:
        """The first of `outcomes` with a violation while `bug` is planted; they are made one after the other."""
        self.plant(bug)
        try:
            return next((outcome for outcome in outcomes if outcome.violations), None)
        finally:
            self.uproot()

    def stop(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.rmtree(self._run_dir, ignore_errors=True)

    def new_database(self) -> None:
        """A fresh copy of the template, with an epoch of its own; the old one is dropped."""
        from django.db import connection as django_connection

        self._count += 1
        old, self.database = self.database, f"{TEMPLATE}_{self._count}"
        # Copied by WAL, a sequence that a crash finds in its first 32 values would go back (PostgreSQL 15 to 18).
        copy = f"CREATE DATABASE {self.database} OWNER invoicedash TEMPLATE {self._template} STRATEGY FILE_COPY"
        self.ask(lambda asked: asked.execute(copy), "postgres")
        if old != TEMPLATE:
            self.ask(lambda asked: asked.execute(f"DROP DATABASE IF EXISTS {old} WITH (FORCE)"), "postgres")
        epoch = secrets.token_urlsafe(9)
        self.ask(lambda asked: asked.execute("UPDATE streaming_installation SET epoch = %s", [epoch]))
        django_connection.settings_dict["NAME"] = self.database

    def connect(self, database: str | None = None) -> psycopg.Connection[tuple[Any, ...]]:
        """PostgreSQL as its superuser."""
        url = f"postgresql://postgres@/{database or self.database}?host={self._run_dir}"
        return psycopg.connect(url, autocommit=True, connect_timeout=2, application_name="chaos")

    def look(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection that is kept for as long as it holds."""
        if self._looking is None or self._looking.closed or self._looking.info.dbname != self.database:
            self._looking = self.connect()
        return self._looking

    def ask(self, question: Callable[[psycopg.Connection[tuple[Any, ...]]], T], database: str | None = None) -> T:
        """The result of `question`, which is repeated while PostgreSQL restarts, for `START_SECONDS` at most."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            self.wait_for(self.postgres)
            try:
                with self.connect(database) as connection:
                    return question(connection)
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def signal(self, server: Server, number: signal.Signals) -> None:
        self._processes[server.name].send_signal(number)

    def pids_of_postgres(self) -> list[int]:
        """The postmaster and all its children."""
        import psutil

        pid = self._processes["postgres"].pid
        try:
            return [pid, *(child.pid for child in psutil.Process(pid).children())]
        except psutil.Error:
            return [pid]

    def tend(self) -> None:
        """Start again what has ended."""
        for server in (self.postgres, self.redis):
            if self._processes[server.name].poll() is not None:
                self._start(server)

    def wait_for(self, server: Server) -> None:
        """Until it answers; it is started again if it ends meanwhile."""
        deadline = time.monotonic() + START_SECONDS
        while not server.is_ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{server.name} does not answer after {START_SECONDS:g} s")
            self.tend()
            time.sleep(0.005)

    def _start(self, server: Server) -> None:
        server.prepare()
        self._processes[server.name] = subprocess.Popen(
            server.command(), env=server.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def _url(self, database: str) -> str:
        return f"postgresql://invoicedash@/{database}?host={self._run_dir}&options={quote(LIMITS)}"


def _set_django_up(database_url: str, redis_url: str, root: Path) -> None:
    """Settings, migrations and everything that is slow to import, once; no connection stays open."""
    for name in list(os.environ):
        if name in FOREIGN or name.startswith("INVOICEDASH_"):
            del os.environ[name]
    os.environ.update(
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        SECRET_KEY="a key for fault runs only",
        INVOICEDASH_DATA_DIR=str(root),
        DJANGO_SETTINGS_MODULE="invoicedash.settings",
    )
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        # The template must hold still while it is migrated, however long that takes.
        cursor.execute(NO_LIMITS)
        call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    _compress_time()


def _compress_time() -> None:
    """Everything the product waits for, a tenth as long."""
    import logging

    from invoices import totals
    from invoices.generation import companies, runs
    from runtime import redis
    from streaming import feedstate, hub

    logging.disable(logging.CRITICAL)
    companies.pools()
    runs.STOP_PATIENCE_MS = 150
    hub.POLL_SECONDS, hub.RETRY_SECONDS, hub.STATS_SECONDS = 0.1, 0.03, 0.02
    feedstate.IDLE_STATUS_SECONDS, feedstate.BUSY_STATUS_SECONDS = 0.1, 0.1
    redis.REST_SECONDS = 0.05
    totals.TTL_MS = 30
