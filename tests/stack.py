"""A whole running product of its own for a test: the real supervisor, real servers, real processes.

Its data lies in a temporary directory, its ports are free ones, and nothing of the surrounding environment's servers,
secrets or settings reaches it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local import processes
from local import procfile as procfiles
from local.control import read_state
from runtime.environment import BASE_DIR
from tests import template
from tests.waiting import HANG_SECONDS, wait_for

# What a developer may have set for a product of his own, or the test plugin for the tests in this process.
FOREIGN = (
    *("HOST", "PORT", "FLOWER_PORT", "FLOWER_ADDRESS", "FLOWER_PASSWORD", "ADMIN_PASSWORD", "SECRET_KEY", "DEBUG"),
    *("DATABASE_URL", "ANALYTICS_DATABASE_URL", "REDIS_URL"),
    *("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "CORS_ALLOWED_ORIGINS"),
    *("WEB_SERVER", "GENERATION_RATE", "GENERATION_DURATION", "DISPLAY_RATE", "QUARANTINE_PER_FILE", "PYTEST_ADDOPTS"),
)


class Stack:
    """Use it as a context manager, or call `start` and `stop`; a stopped one can be started on the same data again.

    `procfile` runs other processes than the product's, without migrations and without a web process to wait for:
    such a stack is up when they all run. In a test run a product begins with a copy of the template's data, unless it
    `is_first_start` or has another database.
    """

    def __init__(
        self,
        *,
        data_dir: Path | None = None,
        procfile: Path | None = None,
        env: Mapping[str, str] | None = None,
        is_first_start: bool = False,
    ) -> None:
        made = None if data_dir else tempfile.mkdtemp(prefix="invoicedash-stack-", dir=template.place())
        self._root = Path(made) if made else None
        self.data_dir = data_dir or Path(str(self._root)) / "data"
        self.port, self.flower_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}/ws/dashboard/"
        self.env = {
            **clean_environment(),
            "PORT": str(self.port),
            "FLOWER_PORT": str(self.flower_port),
            "INVOICEDASH_DATA_DIR": str(self.data_dir),
            "INVOICEDASH_OPEN": "1",
            **(env or {}),
        }
        self.procfile = procfile
        # What its own calls send; in closed mode a token.
        self.headers: dict[str, str] = {}
        self._has_template = not (is_first_start or procfile or "DATABASE_URL" in self.env)
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Stack:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> Stack:
        """Start it and wait until it is ready; raises `RuntimeError` with its output when it does not come up."""
        self.launch()
        try:
            wait_for(self.is_up, "the stack to come up", show=self.output)
        except BaseException:
            self.stop(signal.SIGKILL)
            raise
        return self

    def launch(self) -> subprocess.Popen[str]:
        """Start it without waiting."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        if self._has_template:
            template.fill(self.data_dir, self.env)
        options = ["--bare", "--procfile", str(self.procfile)] if self.procfile else []
        command = [sys.executable, "-m", "local", "--with-parent", *options]
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen(
                command, cwd=BASE_DIR, env=self.env, stdout=log, stderr=subprocess.STDOUT, text=True
            )
        return self.process

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int | None:
        """End the supervisor with that signal and wait for it; returns its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(number)
        code = self.process.wait(HANG_SECONDS)
        self.process = None
        return code

    def close(self) -> None:
        """Stop it and remove its data."""
        self.stop()
        if self._root:
            shutil.rmtree(self._root, ignore_errors=True)

    @property
    def log_path(self) -> Path:
        return self.data_dir.with_name(f"{self.data_dir.name}.log")

    def output(self) -> str:
        """All that it has printed."""
        return self.log_path.read_text() if self.log_path.exists() else ""

    def state(self) -> dict[str, Any]:
        """What the supervisor says of itself."""
        state = read_state(self.data_dir)
        if state is None:
            raise RuntimeError(f"No supervisor runs in {self.data_dir}:\n{self.output()}")
        return state

    def entry(self, name: str) -> dict[str, Any]:
        """What the supervisor says of one process."""
        return next(dict(entry) for entry in self.state()["processes"] if entry["name"] == name)

    def pid(self, name: str) -> int:
        """The number of a process that runs now; waits while it is being started again."""
        return int(wait_for(lambda: self.entry(name)["pid"], f"{name} to run"))

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Signal one process; returns its number."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def wait_for_restart(self, name: str, old_pid: int) -> int:
        """Wait until the process runs under another number than `old_pid`."""

        def fresh() -> int | None:
            pid = self.entry(name)["pid"]
            return pid if pid != old_pid else None

        return wait_for(fresh, f"{name} to be started again")

    def pids(self) -> set[int]:
        """Every process that belongs to it, found by what the processes themselves show."""
        return set(processes.left_over(self.data_dir.resolve()))

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a GET."""
        try:
            request = urllib.request.Request(f"{self.url}{path}", headers=self.headers)
            with urllib.request.urlopen(request, timeout=HANG_SECONDS) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def get_json(self, path: str) -> Any:
        return json.loads(self.get(path)[1])

    def manage(self, *arguments: str, seconds: float = HANG_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run a management command beside it."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=BASE_DIR, env=self.env, capture_output=True, text=True, timeout=seconds)

    def is_up(self) -> bool:
        """Whether it is ready; raises `RuntimeError` with its output when it has ended."""
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"The stack ended with {self.process.returncode}:\n{self.output()}")
        if self.procfile:
            return self._all_run(set(procfiles.read(self.procfile)))
        with contextlib.suppress(OSError):
            return self.get("/readyz")[0] == 200
        return False

    def _all_run(self, names: set[str]) -> bool:
        state = read_state(self.data_dir) or {"processes": []}
        return names <= {entry["name"] for entry in state["processes"] if entry["pid"]}


def clean_environment() -> dict[str, str]:
    """The environment without anything that is about a product."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN and not name.startswith(("INVOICEDASH_", "DJANGO_", "PYTEST_"))
    }


def free_port() -> int:
    """A free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
