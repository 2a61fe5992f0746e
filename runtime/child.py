"""Work in a process of its own, which ends: its libraries, its memory and its time are not those of the process that waits."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

from runtime.environment import BASE_DIR


class ChildFailed(RuntimeError):
    """The process failed, was killed, or took too long."""


def run(module: str, given: bytes, *, within_seconds: float) -> bytes:
    """What `python -m module` writes to its standard output for `given` on its standard input; raises `ChildFailed`."""
    command = [sys.executable, "-m", module]
    try:
        done = subprocess.run(
            command, cwd=BASE_DIR, env=environment(), input=given, stdout=subprocess.PIPE, timeout=within_seconds, check=True
        )  # fmt: skip
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise ChildFailed(str(error)) from error
    return done.stdout


def environment() -> dict[str, str]:
    """The variables of a child. It has no name (`INVOICEDASH_PROCESS`): a process that is meant to end has no heartbeat."""
    found = os.environ | {"DJANGO_SETTINGS_MODULE": "invoicedash.settings"}
    found.pop("INVOICEDASH_PROCESS", None)
    return found


def limit(*, memory: int, seconds: int) -> None:
    """Bound the bytes that this process may allocate, and its processor time: beyond them it fails or is killed."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
