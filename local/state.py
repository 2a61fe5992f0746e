"""The state of the supervisor in `supervisor.json`, and the only reader of that file."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import UnionType
from typing import Any

from local import processes
from local.paths import write_private
from runtime import conditions
from runtime.loops import Loop

FILE_NAME = "supervisor.json"
KEEP_SECONDS = 1.0


def now() -> str:
    """The current time in the format of the state file: ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class ProcessState:
    """The state of one supervised process. `last_exit` says how it last ended: `exit 1`, `signal 9`."""

    name: str
    pid: int | None = None
    state: str = "down"
    restarts: int = 0
    started_at: str | None = None
    last_exit: str | None = None


class StateFile:
    """Keeps `supervisor.json` correct: each change replaces the file atomically, and a lost or damaged file is written
    again.
    """

    def __init__(self, data_dir: Path, control: Path) -> None:
        self.processes: list[ProcessState] = []
        self._path = data_dir / FILE_NAME
        self._control = control
        self._started_at = now()
        self._is_stopping = False
        self._written: tuple[int, ...] | None = None

    def add(self, name: str) -> ProcessState:
        process = ProcessState(name)
        self.processes.append(process)
        return process

    def announce_stopping(self) -> None:
        """Record the stop as its first step: from now on the product reports that it is not ready."""
        self._is_stopping = True
        self.write()

    def write(self) -> None:
        """Write the whole file; when the disk is full the supervision continues, and `keep` tries again."""
        pid = os.getpid()
        state = {
            "pid": pid,
            "birth": processes.birth(pid),
            "started_at": self._started_at,
            "stopping": self._is_stopping,
            "control": str(self._control),
            "processes": [asdict(process) for process in self.processes],
            "conditions": [condition.as_json() for condition in conditions.current()],
        }
        try:
            write_private(self._path, json.dumps(state, indent=1) + "\n")
            self._written = _identity(self._path)
        except OSError:
            self._written = None

    async def keep(self, loop: Loop) -> None:
        """Check every second whether the file is unchanged, and write it again when it is not."""
        known = conditions.current()
        while True:
            loop.progress()
            found = conditions.current()
            if found != known or self._written is None or self._written != _identity(self._path):
                self.write()
            known = found
            await asyncio.sleep(KEEP_SECONDS)

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


def read_state(data_dir: Path) -> dict[str, Any] | None:
    """Return the state of the supervisor of that data directory.

    The result is None without a supervisor, when it is dead, or when the file does not have the format of `StateFile`.
    """
    try:
        state = json.loads((data_dir / FILE_NAME).read_text())
    except (OSError, ValueError, RecursionError):
        return None
    if not _has_shape(state, _STATE) or not all(_has_shape(each, _PROCESS) for each in state["processes"]):
        return None
    if not all(_has_shape(each, _CONDITION) for each in state["conditions"]):
        return None
    is_same = processes.is_alive(state["pid"]) and processes.birth(state["pid"]) == state.get("birth")
    return state if is_same else None


_STATE = {"pid": int, "stopping": bool, "control": str, "processes": list, "conditions": list}
_PROCESS = {
    "name": str,
    "pid": int | None,
    "state": str,
    "restarts": int,
    "started_at": str | None,
}


_CONDITION = {"name": str, "since": str, "subject": str, "sentence": str}


def _has_shape(value: Any, shape: Mapping[str, type | UnionType]) -> bool:
    """Whether `value` is an object with the fields of `shape`, each of its type."""
    return isinstance(value, dict) and all(
        name in value and isinstance(value[name], kind) for name, kind in shape.items()
    )


def _identity(path: Path) -> tuple[int, ...] | None:
    """A value that changes when the file is replaced, written to or truncated; None without a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode
