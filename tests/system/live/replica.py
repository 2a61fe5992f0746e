"""A PostgreSQL with a streaming replica of itself, both embedded servers."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from local.paths import run_dir
from local.servers import Postgres
from tests import template
from tests.stack import clean_environment
from tests.waiting import HANG_SECONDS, wait_for

SETTINGS = {"wal_level": "replica", "max_wal_senders": "4", "fsync": "off"}


class Replica:
    """The replica as a context manager; its primary runs. It can be stopped and started again."""

    def __init__(self, primary: Postgres, root: Path) -> None:
        root.mkdir(mode=0o755)
        self._primary = primary
        self.server = Postgres(root, run_dir(root), settings=SETTINGS, identity=primary.identity)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Replica:
        _copy(self._primary, self.server.directory)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.server.run_dir, ignore_errors=True)

    def start(self) -> None:
        self._process = _start(self.server)

    def stop(self) -> None:
        if self._process is not None:
            _stop(self.server, self._process)
        self._process = None

    def run(self, sql: str) -> list[Any]:
        """The rows of one statement of an administrator on the replica."""
        with psycopg.connect(self.server.url, user="postgres", autocommit=True) as connection:
            return connection.execute(sql.encode()).fetchall()


@contextlib.contextmanager
def primary_and_replica() -> Iterator[tuple[Postgres, Replica]]:
    """Both run, with the tables of the product."""
    root = Path(tempfile.mkdtemp(prefix="invoicedash-replica-", dir=template.place()))
    root.chmod(0o755)
    env = {**clean_environment(), "INVOICEDASH_DATA_DIR": str(root / "primary")}
    template.fill(root / "primary", env)
    (root / "primary").mkdir(exist_ok=True)
    primary = Postgres(root / "primary", run_dir(root / "primary"), settings=SETTINGS)
    process = _start(primary)
    try:
        with Replica(primary, root / "replica") as replica:
            yield primary, replica
    finally:
        _stop(primary, process)
        shutil.rmtree(primary.run_dir, ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)


def _copy(primary: Postgres, directory: Path) -> None:
    """A copy of the running primary that follows it."""
    directory.parent.chmod(0o777)
    options = ["--host", str(primary.run_dir), "--username", "postgres", "--pgdata", str(directory)]
    primary._run(["pg_basebackup", *options, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"])


def _start(server: Postgres) -> subprocess.Popen[bytes]:
    server.prepare()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(server.command(), env=server.environment(), stdout=quiet, stderr=quiet)
    wait_for(lambda: server.is_ready() or process.poll() is not None, "PostgreSQL to be ready")
    assert process.poll() is None, f"PostgreSQL ended with {process.returncode} ({os.fspath(server.directory)})"
    return process


def _stop(server: Postgres, process: subprocess.Popen[bytes]) -> None:
    process.send_signal(server.stop_signal)
    process.wait(HANG_SECONDS)
