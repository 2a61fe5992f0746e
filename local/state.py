"""What the supervisor tells of itself in `supervisor.json`, and how others read it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local import processes
from local.paths import write_private

FILE_NAME = "supervisor.json"


def now() -> str:
    """This moment as the state file has it: ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class ProcessState:
    """One supervised process. `last_exit` says how it last ended: `exit 1`, `signal 9`."""

    name: str
    pid: int | None = None
    state: str = "down"
    restarts: int = 0
    started_at: str | None = None
    last_exit: str | None = None


class StateFile:
    """Keeps `supervisor.json` true: each change replaces the file in one step."""

    def __init__(self, data_dir: Path, control: Path) -> None:
        self.processes: list[ProcessState] = []
        self._path = data_dir / FILE_NAME
        self._control = control
        self._started_at = now()
        self._is_stopping = False

    def add(self, name: str) -> ProcessState:
        process = ProcessState(name)
        self.processes.append(process)
        return process

    def say_stopping(self) -> None:
        """The first act of a stop: from here on nobody is told that the product is ready."""
        self._is_stopping = True
        self.write()

    def write(self) -> None:
        """Write all of it; a full disk costs the news, not the supervision."""
        pid = os.getpid()
        state = {
            "pid": pid,
            "birth": processes.birth(pid),
            "started_at": self._started_at,
            "stopping": self._is_stopping,
            "control": str(self._control),
            "processes": [asdict(process) for process in self.processes],
        }
        try:
            write_private(self._path, json.dumps(state, indent=1) + "\n")
        except OSError:
            return

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


def read_state(data_dir: Path) -> dict[str, Any] | None:
    """What the supervisor of that data directory says now; None when there is none, or when it is dead."""
    try:
        state = json.loads((data_dir / FILE_NAME).read_text())
    except (OSError, ValueError):
        return None
    if not isinstance(state, dict) or not isinstance(state.get("pid"), int):
        return None
    is_same = processes.is_alive(state["pid"]) and processes.birth(state["pid"]) == state.get("birth")
    return state if is_same else None
