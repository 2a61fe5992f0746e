"""Inspects the machine's processes through `/proc`: own, left over, alive. On systems without `/proc` it finds none."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
SERVER_NAMES = ("postgres", "valkey-server")


def is_alive(pid: int) -> bool:
    """Whether a process of that number exists and is not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _stat(pid)[:1] != ["Z"]


def birth(pid: int) -> str | None:
    """The start of the process, in clock ticks since boot; together with the number it identifies one process."""
    fields = _stat(pid)
    return fields[19] if len(fields) > 19 else None


def adopted(known: set[int]) -> list[int]:
    """Children of this process that it did not start itself: orphans that it inherited as the subreaper."""
    me = str(os.getpid())
    return [pid for pid in _pids() if pid not in known and _stat(pid)[1:2] == [me] and is_alive(pid)]


def left_over(data_dir: Path) -> list[int]:
    """The living processes that an earlier supervisor of `data_dir` started."""
    return [pid for pid in _pids() if pid != os.getpid() and _is_of(pid, data_dir) and is_alive(pid)]


def is_server_in(pid: int, directory: Path) -> bool:
    """Whether the process is a PostgreSQL or Valkey server that works in that directory."""
    if _read(pid, "comm").decode(errors="replace").strip() not in SERVER_NAMES:
        return False
    try:
        return os.readlink(PROC / str(pid) / "cwd") == str(directory)
    except OSError:
        return str(directory).encode() in _read(pid, "cmdline").split(b"\0")


def signal_one(pid: int, number: signal.Signals) -> None:
    """Signal a process that may have ended."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def kill_group(pid: int) -> None:
    """Kill the group that `pid` leads or led."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def kill_tree(pid: int) -> None:
    """Kill a living process and its group; the process may not lead its group yet."""
    kill_group(pid)
    signal_one(pid, signal.SIGKILL)


def _is_of(pid: int, data_dir: Path) -> bool:
    environ = _read(pid, "environ").split(b"\0")
    if f"INVOICEDASH_DATA_DIR={data_dir}".encode() in environ:
        return any(entry.startswith(b"INVOICEDASH_SUPERVISOR=") for entry in environ)
    # Servers overwrite their environment to show a title; their working directory identifies them.
    return is_server_in(pid, data_dir / "postgres") or is_server_in(pid, data_dir / "redis")


def _pids() -> Iterator[int]:
    if PROC.is_dir():
        yield from (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def _stat(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` from the state on: the name before it may contain any character."""
    return _read(pid, "stat").decode(errors="replace").rpartition(")")[2].split()


def _read(pid: int, name: str) -> bytes:
    try:
        return (PROC / str(pid) / name).read_bytes()
    except OSError:
        return b""
