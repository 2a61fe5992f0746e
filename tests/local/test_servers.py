"""The embedded servers, started and stopped without the supervisor."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from local import launch
from local.paths import run_dir
from local.servers import Postgres, Redis, Server
from tests.waiting import HANG_SECONDS, wait_for


@contextlib.contextmanager
def running(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    server.prepare()
    process = subprocess.Popen(server.command(), env=server.environment(), stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: server.is_ready() or process.poll() is not None, f"{server.name} to be ready")
        assert process.poll() is None
        yield process
    finally:
        process.send_signal(server.stop_signal)
        process.wait(HANG_SECONDS)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(prefix="closed to others "))
    path = root / "the data"
    path.mkdir(mode=0o700)
    yield path
    shutil.rmtree(run_dir(path), ignore_errors=True)
    shutil.rmtree(root)


def make_postgres(data_dir: Path, identity: str | None = None) -> Postgres:
    return Postgres(data_dir, run_dir(data_dir), identity=identity)


def test_postgres_serves_its_own_role_in_utf8_and_utc(data_dir: Path) -> None:
    server = make_postgres(data_dir)
    with running(server), psycopg.connect(server.url) as connection:
        row = connection.execute(
            "SELECT current_user, current_database(), usesuper, upper('äöß'), current_setting('timezone')"
            " FROM pg_user WHERE usename = current_user"
        ).fetchone()
    assert row == ("invoicedash", "invoicedash", False, "ÄÖß", "UTC")


def test_postgres_keeps_what_was_committed_when_it_is_killed(data_dir: Path) -> None:
    server = make_postgres(data_dir)
    with running(server) as process, psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        process.kill()
        process.wait()
    with running(server), psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_postgres_starts_although_another_process_got_the_number_of_its_dead_server(data_dir: Path) -> None:
    server = make_postgres(data_dir)
    server.prepare()
    lock = server.directory / "postmaster.pid"
    lock.write_text(f"{os.getppid()}\n{server.directory}\n1700000000\n5432\n{server.run_dir}\n\n\n\n")
    with running(server):
        assert server.is_ready()


def test_an_incomplete_cluster_is_made_again(data_dir: Path) -> None:
    half = data_dir / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server = make_postgres(data_dir)
    with running(server):
        assert server.is_ready()
    assert not half.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has one identity only")
@pytest.mark.parametrize("identity", ["mapped", "nobody"])
def test_root_runs_postgres_in_its_closed_directory_under_either_identity(data_dir: Path, identity: str) -> None:
    before = [path.stat().st_mode for path in data_dir.parents]
    server = make_postgres(data_dir, identity)
    with running(server), psycopg.connect(server.url) as connection:
        connection.execute("SELECT 1")
    assert [path.stat().st_mode for path in data_dir.parents] == before


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has one identity only")
def test_a_cluster_made_under_one_identity_serves_under_the_other(data_dir: Path) -> None:
    for identity in ("mapped", "nobody", "mapped"):
        with running(make_postgres(data_dir, identity)) as process:
            assert process.poll() is None


def test_redis_answers_and_keeps_its_data_over_a_restart(data_dir: Path) -> None:
    server = Redis(data_dir, run_dir(data_dir))
    with running(server), redis.Redis.from_url(server.url) as client:
        client.set("a", "b")
    with running(server), redis.Redis.from_url(server.url) as client:
        assert client.get("a") == b"b"


def test_no_server_listens_on_the_network(data_dir: Path) -> None:
    for server in (make_postgres(data_dir), Redis(data_dir, run_dir(data_dir))):
        with running(server) as process:
            sockets = {os.readlink(entry.path) for entry in os.scandir(f"/proc/{process.pid}/fd")}
            listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
            inodes = {line.split()[9] for line in listening.splitlines()[1:] if line.split()[9].isdigit()}
            assert not {f"socket:[{inode}]" for inode in inodes} & sockets


def test_a_server_dies_with_the_process_that_started_it(data_dir: Path, tmp_path: Path) -> None:
    server = Redis(data_dir, run_dir(data_dir))
    server.prepare()
    script = "import subprocess, sys, time; from local.launch import wrap;"
    script += "print(subprocess.Popen(wrap(sys.argv[1:])).pid, flush=True); time.sleep(600)"
    command = server.command()[server.command().index("same") + 1 :]
    starter = subprocess.Popen(["python", "-c", script, *command], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    wait_for(server.is_ready, "redis to be ready")
    starter.kill()
    starter.wait()
    wait_for(lambda: not os.path.exists(f"/proc/{pid}/exe"), "redis to die with its starter")


def test_a_program_that_does_not_exist_is_named() -> None:
    done = subprocess.run(launch.wrap(["no-such-program"]), capture_output=True, text=True)
    assert done.returncode == launch.CANNOT_LAUNCH
    assert "cannot run no-such-program" in done.stderr
