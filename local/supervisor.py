"""Supervises the servers and processes, and stops the applications before the servers they use.

A process that was healthy once is always restarted, at most 2 s after its end. A process that never was healthy fails
the start. No process survives a stop, however it was started and whatever happened to its parent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import TypeVar

from local import launch, processes
from local.child import Child, NeverHealthy, Spec
from local.console import Console
from local.control import Refused
from local.reaper import Output, Reaper
from local.state import StateFile

READY_SECONDS = 60.0
SWEEPS, SWEEP_SECONDS = 20, 0.02
Result = TypeVar("Result")


class Supervisor:
    """Groups of supervised processes in the order of their start; a stop uses the reverse order."""

    def __init__(self, console: Console, state_file: StateFile) -> None:
        self._console = console
        self._state_file = state_file
        self._reaper = Reaper()
        self._children: dict[Child, asyncio.Task[None]] = {}
        self._groups: list[tuple[list[Child], float]] = []
        self._probes: list[asyncio.Task[None]] = []

    async def start(self, specs: Sequence[Spec], *, wait_for: Sequence[str], patience: float) -> None:
        """Start all processes and wait until those in `wait_for` are healthy; raises `NeverHealthy` with the last
        output.

        `patience` is how many seconds the processes have to end by themselves at a stop.
        """
        children = [Child(spec, self._reaper, self._console, self._state_file) for spec in specs]
        self._groups.append((children, patience))
        self._children |= {child: asyncio.ensure_future(child.keep()) for child in children}
        probes = {child: asyncio.ensure_future(child.become_ready()) for child in children}
        self._probes.extend(probes.values())
        awaited = [child for child in children if child.spec.name in wait_for]
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._unless_one_fails(_all(probes[child] for child in awaited))
        except TimeoutError:
            late = [child for child in awaited if not child.ready.is_set()]
            words = [child.describe_failure(f"is not ready after {READY_SECONDS:.0f} s") for child in late]
            raise NeverHealthy("\n".join(words)) from None

    async def run_step(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> int:
        """Run a command until its end, and kill it when this call is cancelled; returns its exit code."""
        output = Output(lambda line: self._console.line(name, line))
        pid, end = self._reaper.spawn(launch.wrap(command), environment, output)
        try:
            return await self._unless_one_fails(end)
        except BaseException:
            processes.kill_tree(pid)
            raise
        finally:
            output.close()

    async def watch(self) -> None:
        """Wait until a process that never was healthy gives up, which raises `NeverHealthy`."""
        await self._unless_one_fails(asyncio.get_running_loop().create_future())

    def kill(self, name: str) -> None:
        """Kill -9 one process with its group; it is restarted. Raises `Refused` when it cannot be killed."""
        found = [child for child in self._children if child.spec.name == name]
        if not found:
            raise Refused(f"There is no process named {name!r} here.")
        if not found[0].kill():
            raise Refused(f"{name} is not running at the moment.")

    async def stop(self) -> None:
        """Stop everything, the last group first; no process that this one started or inherited stays."""
        self._state_file.announce_stopping()
        for probe in self._probes:
            probe.cancel()
        for children, patience in reversed(self._groups):
            await asyncio.gather(*(child.stop(patience) for child in children))
            await asyncio.wait([self._children[child] for child in children], timeout=1)
        for _ in range(SWEEPS):
            if not self._reaper.kill_adopted():
                return
            await asyncio.sleep(SWEEP_SECONDS)

    async def _unless_one_fails(self, awaitable: Awaitable[Result]) -> Result:
        """Wait for `awaitable`, but only until a process gives up: then raise its `NeverHealthy`."""
        wanted = asyncio.ensure_future(awaitable)
        keepers = list(self._children.values())
        try:
            await asyncio.wait([wanted, *keepers], return_when=asyncio.FIRST_COMPLETED)
            for keeper in keepers:
                if keeper.done():
                    keeper.result()
            return await wanted
        finally:
            wanted.cancel()


async def _all(futures: Iterable[Awaitable[object]]) -> None:
    for future in futures:
        await future
