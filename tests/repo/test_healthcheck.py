"""The health check of the containers, against a running product."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.schemas import ROOT
from tests.stack import Stack, free_port
from tests.waiting import HANG_SECONDS, wait_for


def check(stack: Stack, process: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the check as the container of `process` would, but at the stack's servers."""
    servers = dict(line.split("=", 1) for line in (stack.data_dir / "servers.env").read_text().splitlines())
    environ = {"INVOICEDASH_PROCESS": process, "PORT": str(stack.port), "FLOWER_PORT": str(stack.flower_port)}
    command = [sys.executable, str(ROOT / "deploy" / "healthcheck.py")]
    return subprocess.run(
        command, env=servers | environ | changes, capture_output=True, text=True, timeout=HANG_SECONDS
    )


@pytest.mark.parametrize("process", ["web", "worker", "jobs", "beat", "pacer", "loops", "flower"])
def test_a_process_at_work_is_healthy(stack: Stack, process: str) -> None:
    def is_healthy() -> bool:
        return check(stack, process).returncode == 0

    wait_for(is_healthy, f"{process} to be healthy", show=lambda: check(stack, process).stderr)


def test_a_process_that_never_gave_a_heartbeat_is_not_healthy(stack: Stack) -> None:
    result = check(stack, "unknown")
    assert (result.returncode, result.stderr) == (1, "unknown gave no heartbeat for 15 s\n")


def test_a_web_process_that_does_not_listen_is_not_healthy(stack: Stack) -> None:
    result = check(stack, "web", PORT=str(free_port()))
    assert result.returncode == 1
    assert "readyz" in result.stderr
    assert "Traceback" not in result.stderr


def test_without_postgresql_no_heartbeat_is_trusted(stack: Stack, tmp_path: Path) -> None:
    result = check(stack, "worker", DATABASE_URL=f"postgresql:///invoicedash?host={tmp_path}")
    assert result.returncode == 1
    assert result.stderr.startswith("PostgreSQL: ")
