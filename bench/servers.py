"""PostgreSQL and Valkey servers for one benchmark, configured as in production: every commit waits for the disk.

Their data is in `bench/.data`, on the disk of the checkout, because a temporary directory may be in memory.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from local.paths import run_dir
from local.servers import Postgres, Redis, Server
from runtime.environment import BASE_DIR
from tests.stack import FOREIGN
from tests.waiting import HANG_SECONDS, wait_for

DATA = BASE_DIR / "bench" / ".data"


@contextlib.contextmanager
def data_directory() -> Iterator[Path]:
    """A directory on the disk of the checkout, removed at the end."""
    DATA.mkdir(exist_ok=True)
    path = Path(tempfile.mkdtemp(dir=DATA))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def product_database() -> Iterator[None]:
    """Set up Django in this process, on servers of its own with the product's tables. Call it once per process."""
    with data_directory() as root, _sockets(root) as sockets:
        postgres, redis = Postgres(root, sockets), Redis(root, sockets)
        with running(postgres), running(redis):
            _point_django_at(root, postgres.url, redis.url)
            yield
            _close_connections()


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """Run `server` until the end of the block, and wait until it answers."""
    server.prepare()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(server.command(), env=server.environment(), stdout=quiet, stderr=quiet)
    try:
        wait_for(server.is_ready, f"{server.name} to start")
        yield server
    finally:
        process.send_signal(server.stop_signal)
        process.wait(HANG_SECONDS)


@contextlib.contextmanager
def _sockets(root: Path) -> Iterator[Path]:
    """The directory for the sockets of the servers, removed at the end."""
    path = run_dir(root)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _point_django_at(root: Path, database: str, redis: str) -> None:
    """Set up Django with these addresses, without the settings of the caller's environment, and migrate the database."""
    for name in list(os.environ):
        if name in FOREIGN or name.startswith("INVOICEDASH_"):
            del os.environ[name]
    os.environ.update(
        DJANGO_SETTINGS_MODULE="invoicedash.settings",
        DATABASE_URL=database,
        REDIS_URL=redis,
        INVOICEDASH_DATA_DIR=str(root),
        SECRET_KEY="a key for benchmarks only",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()
