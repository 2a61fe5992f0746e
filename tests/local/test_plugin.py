"""A test session has servers of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from runtime.environment import BASE_DIR
from tests.stack import clean_environment
from tests.waiting import HANG_SECONDS

PRINTS_SERVERS = """
import os

import pytest


@pytest.mark.parametrize("number", range(8))
def test_tell(number):
    with open(os.environ["SEEN"], "a") as file:
        file.write(os.environ["DATABASE_URL"] + " " + os.environ["REDIS_URL"] + "\\n")
"""

ALONE = {"PYTHONPATH": str(BASE_DIR), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run_pytest(tmp_path: Path, *options: str) -> list[tuple[str, str]]:
    """The servers that tests of a session of their own have seen, while a developer's are named by the environment."""
    report = tmp_path / "report"
    (tmp_path / "test_servers.py").write_text(PRINTS_SERVERS)
    plugins = ["-p", "tests.plugin", "-p", "xdist", "-p", "no:cacheprovider"]
    mine = {"DATABASE_URL": "postgresql://mine/x", "REDIS_URL": "redis://mine/0", "INVOICEDASH_DATA_DIR": "/mine"}
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *plugins,
            "-c",
            os.devnull,
            "--rootdir",
            str(tmp_path),
            *options,
            str(tmp_path),
        ],
        env={**clean_environment(), **mine, **ALONE, "SEEN": str(report)},
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=HANG_SECONDS,
    )
    return [(database, redis) for database, redis in map(str.split, report.read_text().splitlines())]


def test_a_session_has_servers_of_its_own_and_leaves_none(tmp_path: Path) -> None:
    [(database, redis)] = set(run_pytest(tmp_path))
    assert "mine" not in database + redis
    assert not Path(database.split("host=")[1]).exists()
    assert not Path(redis.removeprefix("unix://").split("?")[0]).exists()


def test_workers_share_postgres_and_have_a_redis_each(tmp_path: Path) -> None:
    seen = set(run_pytest(tmp_path, "-n", "2", "--dist", "load"))
    assert len({database for database, _ in seen}) == 1
    assert len({redis for _, redis in seen}) == 2
