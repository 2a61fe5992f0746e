"""A second web process of a running product, started and stopped by the test, as a deploy does."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from runtime.environment import BASE_DIR
from tests.stack import Stack, free_port
from tests.waiting import HANG_SECONDS, wait_for


def own_environment(stack: Stack, **more: str) -> dict[str, str]:
    """What a process of that product sees."""
    lines = (stack.data_dir / "servers.env").read_text().splitlines()
    secrets = json.loads((stack.data_dir / "secrets.json").read_text())
    return {
        **stack.env,
        **dict(line.split("=", 1) for line in lines if "=" in line),
        "SECRET_KEY": secrets["SECRET_KEY"],
        "PYTHONUNBUFFERED": "1",
        **more,
    }


class WebProcess:
    """One web process on a port of its own, which it keeps when it is started again; it may open `descriptors` files."""

    def __init__(self, stack: Stack, *, descriptors: int = 0, **more: str) -> None:
        self.port = free_port()
        self._limit = f"ulimit -n {descriptors}; " if descriptors else ""
        self._environment = own_environment(stack, INVOICEDASH_PROCESS="web", PORT=str(self.port), **more)
        self._log = Path(tempfile.mkstemp(prefix="invoicedash-web-", suffix=".log")[1])
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> WebProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._log.unlink()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        command = ["sh", "-c", f'{self._limit}exec "$0" -m runtime.serve', sys.executable]
        with open(self._log, "a") as log:
            self._process = subprocess.Popen(
                command, cwd=BASE_DIR, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        wait_for(lambda: self.ready() == 200, "the web process", show=self.output)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def ask_to_stop(self) -> None:
        self.send(signal.SIGTERM)

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        assert self._process is not None
        return self._process.wait(HANG_SECONDS)

    def ready(self) -> int:
        """The status of /readyz; 0 without an answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=HANG_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def output(self) -> str:
        return self._log.read_text()


@dataclass
class Load:
    """Visitors who ask one thing after the other at `url`, each on a connection of their own, until it is stopped."""

    url: str
    calls: tuple[tuple[str, str, bytes], ...]
    answers: dict[int, int] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)

    def __enter__(self) -> Load:
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._ask_on, daemon=True) for _ in range(3)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(HANG_SECONDS)

    def _ask_on(self) -> None:
        while not self._ending.is_set():
            for method, path, body in self.calls:
                self._ask(method, path, body)

    def _ask(self, method: str, path: str, body: bytes) -> None:
        headers = {"Content-Type": "application/json"} if body else {}
        request = urllib.request.Request(self.url + path, data=body or None, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=HANG_SECONDS) as answer:
                answer.read()
                status = answer.status
        except urllib.error.HTTPError as error:
            with error:
                status = error.code
        except OSError as error:
            self.dropped.append(f"{method} {path}: {error!r}")
            return
        self.answers[status] = self.answers.get(status, 0) + 1
