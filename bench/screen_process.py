"""Starts and controls a process with many screens (`bench.screens`)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

from bench import beside, tools
from runtime.environment import BASE_DIR


class ScreenProcess:
    """A process with `socket_count` screens of `url`, as a context manager; `sender` is explained in `bench.screens`."""

    def __init__(self, url: str, sender: str, socket_count: int, headers: Mapping[str, str] | None = None) -> None:
        command = [sys.executable, "-m", "bench.screens", url, sender, str(socket_count)]
        # Tokens go through the environment, because every user of the machine can read a command line.
        pipe, env = subprocess.PIPE, {**tools.python_environment(), "SCREEN_HEADERS": json.dumps(dict(headers or {}))}
        self._process = subprocess.Popen(command, cwd=BASE_DIR, env=env, stdin=pipe, stdout=pipe, text=True)

    def __enter__(self) -> ScreenProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, command: str) -> dict[str, float]:
        """The process's answer to a command (see `bench.screens`); raises `RuntimeError` when the process has ended."""
        return beside.ask(self._process, command)

    def close(self) -> None:
        """End the process with all its sockets."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            pipe.close()
