"""Starts processes and collects their exit statuses, also of orphans that this process inherits.

It reaps every child itself, so no other code of the supervisor may wait for a child while the event loop runs.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

from local import processes

READ_SIZE = 65536
LONGEST_LINE = 16384
_PR_SET_CHILD_SUBREAPER = 36


class Reaper:
    """The only place in the supervisor that starts processes, all wrapped by `launch`."""

    def __init__(self) -> None:
        self._ends: dict[int, asyncio.Future[int]] = {}
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._reap)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def spawn(
        self, command: Sequence[str], environment: Mapping[str, str], output: Output
    ) -> tuple[int, asyncio.Future[int]]:
        """Start the command; returns its number and a future of its end: an exit code, or the negative number of a
        signal.
        """
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, output.write_end, 1),
            (os.POSIX_SPAWN_DUP2, output.write_end, 2),
        ]
        try:
            pid = os.posix_spawn(command[0], list(command), environment, file_actions=actions)
        finally:
            output.begin()
        end = self._ends[pid] = asyncio.get_running_loop().create_future()
        return pid, end

    def kill_adopted(self) -> int:
        """Kill the processes that dead children left behind, which may hold a port; returns their number."""
        found = processes.adopted(set(self._ends))
        for pid in found:
            processes.kill_tree(pid)
        return len(found)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            end = self._ends.pop(pid, None)
            if end is not None and not end.done():
                end.set_result(os.waitstatus_to_exitcode(status))


class Output:
    """The output of one process, line by line."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._rest = b""
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)

    def begin(self) -> None:
        """Start to read; the started process has the other end of the pipe by now."""
        os.close(self.write_end)
        asyncio.get_running_loop().add_reader(self._read_end, self._read)

    def close(self) -> None:
        """Show the rest of the output and stop reading, even if another process still holds the other end."""
        while self._read():
            pass
        self._show_lines(b"\n" if self._rest else b"")
        asyncio.get_running_loop().remove_reader(self._read_end)
        os.close(self._read_end)

    def _read(self) -> bool:
        try:
            data = os.read(self._read_end, READ_SIZE)
        except BlockingIOError:
            return False
        if not data:
            asyncio.get_running_loop().remove_reader(self._read_end)
            return False
        self._show_lines(data)
        return True

    def _show_lines(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._show(line.decode(errors="replace").rstrip("\r"))


def describe_end(code: int) -> str:
    """The end of a process in words: `exit 1`, `signal 9`."""
    return f"signal {-code}" if code < 0 else f"exit {code}"
