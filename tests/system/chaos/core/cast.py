"""The forks of the core set: started, killed, frozen, and started again as a supervisor would."""

from __future__ import annotations

import ctypes
import json
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.system.chaos.core import actors
from tests.system.chaos.history import History
from tests.system.chaos.screens import Frame, Screen, parse

LONGEST_ABSENCE = 0.08
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


@dataclass
class Actor:
    """One role that is always played by some process, but for the moments after its end."""

    name: str
    play: Callable[[], None]
    pid: int = 0
    back_at: float = 0.0


@dataclass
class Call:
    """An operator at work: what was asked, and where the answer will be."""

    verb: str
    asked: dict[str, Any]
    pid: int
    answer: int
    began: float


class Web:
    """A web process's screens as this process knows them, read from their logs."""

    def __init__(self, directory: Path, count: int) -> None:
        self.screens = [Screen(f"screen {number + 1}") for number in range(count)]
        self.logs = [directory / f"screen-{number + 1}.log" for number in range(count)]
        for log in self.logs:
            log.write_bytes(b"")
        self._read = [0] * count
        self._births = 0

    def play(self) -> None:
        actors.watch_until_killed(self.screens, self.logs, self._births * 1000)

    def before_birth(self) -> None:
        """Note what was seen so far: the next process resumes there."""
        self.read()
        self._births += 1

    def read(self) -> None:
        """Take the whole lines written since."""
        for number, (screen, log) in enumerate(zip(self.screens, self.logs, strict=True)):
            with log.open("rb") as file:
                file.seek(self._read[number])
                whole = file.read().rpartition(b"\n")
            self._read[number] += len(whole[0]) + len(whole[1])
            for line in whole[0].splitlines() if whole[1] else []:
                wall, connection, text = line.split(b" ", 2)
                screen.take(Frame(wall=float(wall), connection=int(connection), body=parse(text)))


class Cast:
    """All forks of the harness."""

    def __init__(self) -> None:
        self.actors: dict[str, Actor] = {}
        self.calls: list[Call] = []
        self._errands: list[int] = []
        self._frozen: set[int] = set()

    def add(self, name: str, play: Callable[[], None]) -> None:
        self.actors[name] = Actor(name, play)
        self._start(self.actors[name])

    def call(self, verb: str, arguments: dict[str, Any]) -> None:
        read, write = os.pipe()
        began = time.time()
        pid = _fork(lambda: actors.call(verb, arguments, write))
        os.close(write)
        self.calls.append(Call(verb, arguments, pid, read, began))

    def send(self, errand: Callable[[], None]) -> None:
        """Have something done by a process of its own, whatever comes of it."""
        self._errands.append(_fork(errand))

    def signal(self, pid: int, number: signal.Signals) -> None:
        if number == signal.SIGSTOP:
            self._frozen.add(pid)
        elif number == signal.SIGCONT:
            self._frozen.discard(pid)
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return

    def tend(self, history: History) -> None:
        """Handle the ends of processes: an actor is started again after a moment, a caller's answer is noted."""
        for actor in self.actors.values():
            if actor.pid and _has_ended(actor.pid):
                actor.pid, actor.back_at = 0, time.monotonic() + random.uniform(0, LONGEST_ABSENCE)
            if not actor.pid and time.monotonic() >= actor.back_at:
                self._start(actor)
        self._errands = [pid for pid in self._errands if not _has_ended(pid)]
        for call in [call for call in self.calls if _has_ended(call.pid)]:
            self.calls.remove(call)
            self._note(call, history)

    def heal(self) -> None:
        """Resume stopped processes, and end whatever errands hold."""
        for pid in self._errands:
            _end(pid)
        self._errands.clear()
        for pid in list(self._frozen):
            self.signal(pid, signal.SIGCONT)

    def remove(self, *names: str) -> None:
        """Kill these actors for good."""
        for name in names:
            actor = self.actors.pop(name)
            if actor.pid:
                _end(actor.pid)

    def clear(self) -> None:
        self.remove(*self.actors)
        for call in self.calls:
            _end(call.pid)
            os.close(call.answer)
        self.calls.clear()

    def _start(self, actor: Actor) -> None:
        owner = getattr(actor.play, "__self__", None)
        if isinstance(owner, Web):
            owner.before_birth()
        actor.pid = _fork(actor.play)

    def _note(self, call: Call, history: History) -> None:
        text = b"".join(iter(lambda: os.read(call.answer, 65536), b""))
        os.close(call.answer)
        answer = json.loads(text) if text else {"status": None, "began": call.began, "ended": time.time()}
        history.note("user", call.verb, asked=call.asked, **{"run": None, "state": None, "issued": None, **answer})


def _fork(play: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        # A harness ended by kill -9 leaves no processes behind.
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        random.seed()
        play()
        code = 0
    finally:
        os._exit(code)


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _has_ended(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG)[0] != 0
