"""Looks at the machine's processes by `/proc`: who is ours, who was left behind, who lives. Knows nothing elsewhere."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
SERVER_NAMES = ("postgres", "valkey-server")


def is_alive(pid: int) -> bool:
    """Whether a process of that number exists and is more than a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _stat(pid)[:1] != ["Z"]


def birth(pid: int) -> str | None:
    """When the process began, in clock ticks since the machine did: with the number it names one process for good."""
    fields = _stat(pid)
    return fields[19] if len(fields) > 19 else None


def adopted(known: set[int]) -> list[int]:
    """Children of this process that it did not start itself: what its dead children left to it as the subreaper."""
    me = str(os.getpid())
    return [pid for pid in _pids() if pid not in known and _stat(pid)[1:2] == [me] and is_alive(pid)]


def left_over(data_dir: Path) -> list[int]:
    """The processes that an earlier supervisor of `data_dir` started and that still live."""
    return [pid for pid in _pids() if pid != os.getpid() and _is_of(pid, data_dir) and is_alive(pid)]


def is_server_in(pid: int, directory: Path) -> bool:
    """Whether the process is a PostgreSQL or Valkey server at work in that directory."""
    if _read(pid, "comm").decode(errors="replace").strip() not in SERVER_NAMES:
        return False
    try:
        return os.readlink(PROC / str(pid) / "cwd") == str(directory)
    except OSError:
        return str(directory).encode() in _read(pid, "cmdline").split(b"\0")


def signal_one(pid: int, number: signal.Signals) -> None:
    """Signal a process that may be gone by now."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def kill_group(pid: int) -> None:
    """Kill what is in the group that `pid` leads or led."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def kill_tree(pid: int) -> None:
    """Kill a living process with its group, which it may not have become the leader of yet."""
    kill_group(pid)
    signal_one(pid, signal.SIGKILL)


def _is_of(pid: int, data_dir: Path) -> bool:
    environ = _read(pid, "environ").split(b"\0")
    if f"INVOICEDASH_DATA_DIR={data_dir}".encode() in environ:
        return any(entry.startswith(b"INVOICEDASH_SUPERVISOR=") for entry in environ)
    # Servers write over their environment to show a title; where they work tells whose they are.
    return is_server_in(pid, data_dir / "postgres") or is_server_in(pid, data_dir / "redis")


def _pids() -> Iterator[int]:
    if PROC.is_dir():
        yield from (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def _stat(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` from the state on: the name before it may hold anything."""
    return _read(pid, "stat").decode(errors="replace").rpartition(")")[2].split()


def _read(pid: int, name: str) -> bytes:
    try:
        return (PROC / str(pid) / name).read_bytes()
    except OSError:
        return b""
