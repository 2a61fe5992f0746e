"""Gives the test session a PostgreSQL and a Valkey of its own, before Django reads its settings.

Loaded by `-p tests.plugin`. Under pytest-xdist the controller starts one PostgreSQL for all and one Valkey for each
worker: a FLUSHALL or a published message of one worker never reaches another.
"""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.paths import run_dir
from local.servers import Postgres, Redis, Server
from tests import template
from tests.stack import FOREIGN, Stack
from tests.waiting import HANG_SECONDS

# Tests may lose data in a crash of the machine.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
# Linux keeps what is there in memory. The data of all products that run at the same time take less than two gigabytes.
MEMORY, ROOM = Path("/dev/shm"), 4 * 1024**3
_session = contextlib.ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[Any]:
    """Start the servers, unless this is a worker of pytest-xdist, whose controller has done so."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _start_session()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[Any]:
    """Run without the garbage collector, which would look at a million objects again and again: what is loaded stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Give each worker a Valkey of its own."""
    root = Path(os.environ["INVOICEDASH_DATA_DIR"])
    for number, spec in enumerate(specs):
        spec.env["REDIS_URL"] = _start(_redis(root / f"worker{number}"))


def pytest_unconfigure() -> None:
    """Stop what was started."""
    _session.close()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The product running whole, once for all tests that do not break it for the others."""
    with Stack() as running:
        yield running


def _start_session() -> None:
    _forget_ignored_signals()
    root = Path(tempfile.mkdtemp(prefix="invoicedash-test-", dir=_memory()))
    _session.callback(shutil.rmtree, root, ignore_errors=True)
    for name in list(os.environ):
        if name in FOREIGN or name.startswith("INVOICEDASH_"):
            del os.environ[name]
    postgres = Postgres(root, _sockets(root), settings=FAST)
    os.environ.update(
        INVOICEDASH_DATA_DIR=str(root),
        DATABASE_URL=_start(postgres),
        REDIS_URL=_start(_redis(root)),
        SECRET_KEY="a key for tests only",
    )
    os.environ[template.VARIABLE] = str(root / "template")


def _memory() -> Path | None:
    """A file system in memory, where the machine has plenty: products start sooner there and wait for no disk."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM and psutil.virtual_memory().available > 2 * ROOM:
        return MEMORY
    return None


def _forget_ignored_signals() -> None:
    """What `nohup` or a shell's background ignores, the processes that tests start and signal would ignore as well."""
    for number in (signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def _redis(directory: Path) -> Redis:
    directory.mkdir(exist_ok=True)
    return Redis(directory, _sockets(directory), settings={"appendonly": "no"})


def _sockets(directory: Path) -> Path:
    path = run_dir(directory)
    _session.callback(shutil.rmtree, path, ignore_errors=True)
    return path


def _start(server: Server) -> str:
    """Start it until the session ends; returns its address."""
    server.prepare()
    process = subprocess.Popen(
        server.command(), env=server.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _session.callback(_stop, server, process)
    deadline = time.monotonic() + HANG_SECONDS
    while not server.is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise pytest.UsageError(f"The tests' {server.name} does not start (exit code {process.poll()}).")
        time.sleep(0.01)
    return server.url


def _stop(server: Server, process: subprocess.Popen[bytes]) -> None:
    process.send_signal(server.stop_signal)
    try:
        process.wait(HANG_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
