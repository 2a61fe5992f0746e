"""A process beside a running product, with the product's Django, that answers commands: lines in, lines of JSON out."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from runtime.environment import BASE_DIR
from tests.stack import Stack
from tests.waiting import HANG_SECONDS


class Beside:
    """A context manager: runs `main` of the module until its end."""

    def __init__(self, stack: Stack, module: str) -> None:
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", f"from {module} import main; main()"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=BASE_DIR, env=stack.env, stdin=pipe, stdout=pipe, text=True)

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=HANG_SECONDS)

    def ask(self, command: str) -> dict[str, Any]:
        """The answer to a command; raises `RuntimeError` when the process has ended."""
        return ask(self._process, command)


def ask(process: subprocess.Popen[str], command: str) -> dict[str, Any]:
    """The answer of a process to a line; raises `RuntimeError` when it has ended."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{command}\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise RuntimeError(f"The process {process.args!r:.100} ended at {command!r}.")
    return dict(json.loads(answer))
