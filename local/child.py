"""One supervised process: started, started again whenever it ends, its whole group killed at each end."""

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
# A process without a probe counts as healthy once it has lived this long.
SETTLED_SECONDS = 5.0
MOST_FAILED_STARTS = 3
# Says nothing about the process, so it never counts as a failed start.
ENDED_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT)
SHORTEST_WAIT, LONGEST_WAIT = 0.1, 2.0
TAIL_LINES = 25


class NeverCameUp(RuntimeError):
    """A process ended again and again, or did nothing, without ever having been healthy."""


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What is to be kept alive. `prepare` runs before every start; `hidden` marks lines that help nobody."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    stop_signal: signal.Signals = signal.SIGTERM
    prepare: Callable[[], None] | None = None
    is_ready: Callable[[], Awaitable[bool]] | None = None
    longest_wait: float = LONGEST_WAIT
    hidden: tuple[str, ...] = ()


class Child:
    """Keeps one process alive until `stop`; `ready` is set when it was healthy for the first time."""

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
        """Start it and start it again, until `stop`; raises `NeverCameUp` when it never was healthy."""
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
                raise NeverCameUp(self.last_words(f"does not start ({describe_end(code)})"))
            self._console.say(f"{self.spec.name} ended ({describe_end(code)}); starting it again in {wait:.1f} s")
            await self._sleep(wait)
            self.state.restarts += 1

    async def become_ready(self) -> None:
        """Wait until it is healthy for the first time."""
        while not await self._is_healthy_or_log():
            await asyncio.sleep(PROBE_SECONDS)
        self.ready.set()

    async def stop(self, patience: float) -> None:
        """Ask it to end and kill its whole group when it has not within `patience` seconds."""
        self._stopping.set()
        if self.state.pid is not None:
            processes.signal_one(self.state.pid, self.spec.stop_signal)
            processes.signal_one(self.state.pid, signal.SIGCONT)
        deadline = time.monotonic() + patience
        while self.state.pid is not None and time.monotonic() < deadline:
            await asyncio.sleep(PROBE_SECONDS / 2)
        self.kill()

    def last_words(self, what: str) -> str:
        """What is wrong with it, and the end of its output."""
        return "\n".join([f"{self.spec.name} {what}. Its last output:", *(f"    {line}" for line in self.tail)])

    def kill(self) -> bool:
        """Kill its whole group at once; False when it does not run."""
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
        """Nobody waits for every probe, so an error would end one silently."""
        try:
            return await self._is_healthy()
        except Exception as error:
            if not self._has_probe_failed:
                self._console.say(f"cannot ask whether {self.spec.name} is ready ({error!r}); asking again")
            self._has_probe_failed = True
            return False

    async def _is_healthy(self) -> bool:
        if self.state.pid is None:
            return False
        if self.spec.is_ready:
            return await self.spec.is_ready()
        return time.monotonic() - self._started >= SETTLED_SECONDS

    def _next_wait(self) -> float:
        """Back off while it ends soon after its start, from a moment to `longest_wait` seconds."""
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
