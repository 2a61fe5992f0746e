"""manage.py without a running product ends with one sentence and exit code 1, not with a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runtime.environment import BASE_DIR
from tests.stack import clean_environment
from tests.waiting import HANG_SECONDS


def manage(data_dir: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a management command in `data_dir`, where nothing runs; `env` adds environment variables."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env={**clean_environment(), "INVOICEDASH_DATA_DIR": str(data_dir), **env},
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )


def error_line(done: subprocess.CompletedProcess[str]) -> str:
    """The only line that a failed command wrote to its standard error."""
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def test_without_a_database_a_command_names_the_data_directory(tmp_path: Path) -> None:
    error = error_line(manage(tmp_path, "showmigrations"))
    assert error == f"No database: nothing runs in {tmp_path}; start `make run` there, or set DATABASE_URL.\n"


def test_an_invalid_setting_is_named(tmp_path: Path) -> None:
    assert "PORT='x'" in error_line(manage(tmp_path, "check", PORT="x"))


def test_commands_report_missing_servers_in_a_sentence(tmp_path: Path) -> None:
    lines = [f"DATABASE_URL=postgresql://x@/x?host={tmp_path}\n", f"REDIS_URL=unix://{tmp_path}/redis.sock?db=0\n"]
    (tmp_path / "servers.env").write_text("".join(lines))
    assert error_line(manage(tmp_path, "migrate")).startswith("PostgreSQL does not answer (")


@pytest.mark.parametrize("arguments", [["help"], ["check"], ["version"], ["migrate", "--help"], []])
def test_a_command_that_needs_no_database_runs_without_one(tmp_path: Path, arguments: list[str]) -> None:
    assert manage(tmp_path, *arguments).returncode == 0
