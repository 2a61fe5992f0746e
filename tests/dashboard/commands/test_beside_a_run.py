"""The commands next to a running product: their exit codes, their output, and the effect on screens."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from runtime.environment import BASE_DIR
from tests.stack import Stack
from tests.waiting import HANG_SECONDS, wait_for


@pytest.fixture
def idle(stack: Stack) -> Iterator[Stack]:
    """Empty and idle before, and after."""
    settle(stack)
    yield stack
    settle(stack)


def settle(stack: Stack) -> None:
    httpx.post(f"{stack.url}/api/control/reset", json={"purge": True}, timeout=HANG_SECONDS).raise_for_status()


def start(stack: Stack, *, rate: float, seconds: int) -> None:
    body = {"rate_per_second": rate, "duration_seconds": seconds}
    httpx.post(f"{stack.url}/api/control/start", json=body, timeout=HANG_SECONDS).raise_for_status()


def pace(stack: Stack, rate: float) -> None:
    httpx.put(f"{stack.url}/api/feed", json={"rate_per_second": rate}, timeout=HANG_SECONDS).raise_for_status()


def test_start_watch_stop_and_audit_agree_with_the_api(idle: Stack) -> None:
    started = idle.manage("start_generation", "--rate", "50", "--duration", "600", "--seed", "1")
    assert (started.returncode, started.stderr) == (0, "")
    assert idle.get_json("/api/system/status")["state"] == "running"

    again = idle.manage("start_generation")
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "already running" in again.stderr

    stopped = idle.manage("stop_generation")
    assert stopped.returncode == 0
    issued = idle.get_json("/api/stats")["invoice_count"]
    status = json.loads(idle.manage("generation_status", "--json").stdout.splitlines()[-1])
    assert status["run"]["issued_count"] == issued
    assert status["run"]["state"] == "stopped"

    audit = idle.manage("audit", "--json")
    assert audit.returncode == 0
    assert json.loads(audit.stdout.splitlines()[-1])["invoices"] == issued

    reset = idle.manage("reset_generation", "--purge")
    assert reset.returncode == 0
    assert idle.get_json("/api/stats")["invoice_count"] == 0


def test_a_bad_value_is_one_sentence_and_exit_code_1(idle: Stack) -> None:
    done = idle.manage("start_generation", "--rate", "fast")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert "'fast'" in done.stderr


def test_watch_draws_until_the_last_row_is_shown(idle: Stack) -> None:
    pace(idle, 100)
    start(idle, rate=20, seconds=2)
    done = idle.manage("generation_status", "--watch")
    pace(idle, 2)
    assert done.returncode == 0
    last_line = done.stdout.splitlines()[-1]
    assert last_line.startswith("idle: run ")
    assert "40 of 40 issued" in last_line
    assert last_line.endswith("backlog 0")


def test_watch_on_a_terminal_ends_on_ctrl_c_without_a_traceback(idle: Stack) -> None:
    start(idle, rate=1, seconds=600)
    ours, theirs = pty.openpty()
    command = [sys.executable, "manage.py", "generation_status", "--watch"]
    env = {**idle.env, "TERM": "xterm", "COLUMNS": "120"}
    watcher = subprocess.Popen(command, cwd=BASE_DIR, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    drawn = bytearray()

    def reads(word: bytes) -> bool:
        drawn.extend(os.read(ours, 65536))
        return word in drawn

    try:
        wait_for(lambda: reads(b"issued,"), "the progress to be drawn")
        watcher.send_signal(signal.SIGINT)
        wait_for(lambda: reads(b"running: run"), "the last word")
        assert watcher.wait(HANG_SECONDS) == 0
    finally:
        watcher.kill()
        os.close(ours)
    assert b"Traceback" not in drawn


def test_without_a_running_product_every_command_says_so_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    nowhere = Stack(data_dir=tmp_path_factory.mktemp("nowhere"))
    for command in ("start_generation", "stop_generation", "reset_generation", "generation_status", "audit"):
        done = nowhere.manage(command)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
        assert "make run" in done.stderr
