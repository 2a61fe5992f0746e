"""One supervised process: it is restarted whenever it ends, and its whole process group is killed at each end."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from local import launch, processes
from local.console import Console
from local.reaper import Output, Reaper, describe_end
from local.servers import CannotServe
from local.state import StateFile, now

PROBE_SECONDS = 0.05
# A process without a probe counts as healthy after this many seconds.
SETTLED_SECONDS = 5.0
MOST_FAILED_STARTS = 3
# An end for this reason says nothing about the process, so it does not count as a failed start.
ENDED_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT)
SHORTEST_WAIT, LONGEST_WAIT = 0.1, 2.0
TAIL_LINES = 25


class NeverHealthy(RuntimeError):
    """A process ended repeatedly, or did nothing, and was never healthy."""


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A process to supervise. `prepare` runs before every start; `hidden` marks output lines that are not shown."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    stop_signal: signal.Signals = signal.SIGTERM
    prepare: Callable[[], None] | None = None
    is_ready: Callable[[], Awaitable[bool]] | None = None
    longest_wait: float = LONGEST_WAIT
    hidden: tuple[str, ...] = ()


class Child:
    """Supervises one process until `stop`; `ready` is set when the process is healthy for the first time."""

    def __init__(self, spec: Spec, reaper: Reaper, console: Console, state_file: StateFile) -> None:
        self.spec = spec
        self.ready = asyncio.Event()
        self.state = state_file.add(spec.name)
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._reaper = reaper
        self._console = console
        self._state_file = state_file
        self._stopping = asyncio.Event()
        self._started = 0.0
        self._quick_ends = self._failed_starts = 0
        self._has_probe_failed = False

    async def keep(self) -> None:
        """Start the process, and restart it until `stop`; raises `NeverHealthy` when it never was healthy."""
        while not self._stopping.is_set():
            try:
                code = await self._run_once()
            except (OSError, CannotServe) as error:
                self._show(str(error))
                code = launch.CANNOT_LAUNCH
            if self._stopping.is_set():
                return
            wait = self._next_wait()
            self._failed_starts += not self.ready.is_set() and code not in ENDED_FROM_OUTSIDE
            if self._failed_starts >= MOST_FAILED_STARTS:
                raise NeverHealthy(self.describe_failure(f"does not start ({describe_end(code)})"))
            self._console.say(f"{self.spec.name} ended ({describe_end(code)}); restarting it in {wait:.1f} s")
            await self._sleep(wait)
            self.state.restarts += 1

    async def become_ready(self) -> None:
        """Wait until the process is healthy for the first time."""
        while not await self._is_healthy_or_log():
            await asyncio.sleep(PROBE_SECONDS)
        self.ready.set()

    async def stop(self, patience: float) -> None:
        """Ask the process to end, and kill its whole group when it has not ended within `patience` seconds."""
        self._stopping.set()
        if self.state.pid is not None:
            processes.signal_one(self.state.pid, self.spec.stop_signal)
            processes.signal_one(self.state.pid, signal.SIGCONT)
        deadline = time.monotonic() + patience
        while self.state.pid is not None and time.monotonic() < deadline:
            await asyncio.sleep(PROBE_SECONDS / 2)
        self.kill()

    def describe_failure(self, what: str) -> str:
        """A description of the failure, with the end of the process's output."""
        return "\n".join([f"{self.spec.name} {what}. Its last output:", *(f"    {line}" for line in self.tail)])

    def kill(self) -> bool:
        """Kill the whole group of the process at once; False when the process does not run."""
        if self.state.pid is None:
            return False
        processes.kill_tree(self.state.pid)
        return True

    async def _run_once(self) -> int:
        self._started = time.monotonic()
        if self.spec.prepare:
            self.spec.prepare()
        output = Output(self._show)
        try:
            pid, end = self._reaper.spawn(self.spec.command, self.spec.environment, output)
            self._note(pid=pid, started_at=now())
            code = await end
            processes.kill_group(pid)
            self._reaper.kill_adopted()
        finally:
            output.close()
        self.state.last_exit = describe_end(code)
        self._note(pid=None, started_at=self.state.started_at)
        return code

    def _note(self, *, pid: int | None, started_at: str | None) -> None:
        self.state.pid = pid
        self.state.state = "down" if pid is None else "up"
        self.state.started_at = started_at
        self._state_file.write()

    async def _is_healthy_or_log(self) -> bool:
        """Log an error of a probe, because no caller awaits every probe."""
        try:
            return await self._is_healthy()
        except Exception as error:
            if not self._has_probe_failed:
                self._console.say(f"cannot check whether {self.spec.name} is ready ({error!r}); checking again")
            self._has_probe_failed = True
            return False

    async def _is_healthy(self) -> bool:
        if self.state.pid is None:
            return False
        if self.spec.is_ready:
            return await self.spec.is_ready()
        return time.monotonic() - self._started >= SETTLED_SECONDS

    def _next_wait(self) -> float:
        """Back off while the process ends soon after its start, up to `longest_wait` seconds."""
        has_lived = time.monotonic() - self._started > 5 * self.spec.longest_wait
        self._quick_ends = 1 if has_lived else self._quick_ends + 1
        return min(self.spec.longest_wait, SHORTEST_WAIT * 2.0 ** min(self._quick_ends - 1, 10))

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    def _show(self, line: str) -> None:
        self.tail.append(line)
        if not any(text in line for text in self.spec.hidden):
            self._console.line(self.spec.name, line)
