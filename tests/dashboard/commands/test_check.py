"""`manage.py check --deploy` finds nothing, on this machine alone and behind a proxy; bad settings give one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runtime.environment import BASE_DIR
from tests.stack import clean_environment
from tests.waiting import HANG_SECONDS

SERVED = {"HOST": "0.0.0.0", "ALLOWED_HOSTS": "invoices.example", "SECRET_KEY": "k3y-" * 20 + "abcdefghij"}


def manage(directory: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {**clean_environment(), "INVOICEDASH_DATA_DIR": str(directory), **environ}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=BASE_DIR, env=env, capture_output=True, text=True, timeout=HANG_SECONDS)


@pytest.mark.parametrize("environ", [{}, {"INVOICEDASH_OPEN": "1"}, SERVED], ids=["defaults", "open", "served"])
def test_the_deployment_check_is_clean(tmp_path: Path, environ: dict[str, str]) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **environ)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["check", "audit", "start_generation"])
def test_a_bad_setting_stops_every_command_in_one_sentence(tmp_path: Path, command: str) -> None:
    done = manage(tmp_path, command, DISPLAY_RATE="fast")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert "DISPLAY_RATE" in done.stderr
