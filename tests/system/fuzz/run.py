"""Fuzzes a running product with a number of requests and frames, and checks what must not happen meanwhile.

Never a 5xx, never an answer later than `LONGEST_SECONDS` (a late call is repeated alone: the machine may be busy), never
more than `MOST_GROWTH` of memory in the web process, never its end, never an error in its log.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import psutil

from tests.system.fuzz.calls import Call, Calls
from tests.system.fuzz.frames import Talk, talk
from tests.system.fuzz.http import Cut, Line, Reply

LONGEST_SECONDS = 2.0
MOST_GROWTH = 50 * 2**20
LINES = 8
MOST_FINDINGS = 50
BUSY = 503
PROBLEM = "application/problem+json"


@dataclass
class Outcome:
    """What was sent, what came back, and what may not be: an answer after `longest_seconds` among it."""

    longest_seconds: float = LONGEST_SECONDS
    findings: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    # Answers while PostgreSQL was silent, and clients that sent pings and read nothing.
    silent: Counter[int] = field(default_factory=Counter)
    unread: int = 0
    requests: int = 0
    frames: int = 0
    connections: int = 0
    slowest_answer: float = 0.0
    slowest_frame: float = 0.0
    late: int = 0
    seconds: float = 0.0
    memory: list[int] = field(default_factory=list)

    @property
    def growth(self) -> int:
        """Bytes that the web process grew by between its first steps and its largest moment."""
        return max(self.memory, default=0) - (self.memory[0] if self.memory else 0)

    def find(self, what: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(what)

    def report(self) -> str:
        """The figures, line by line."""
        lines = [
            f"requests: {self.requests} ({_counts(self.statuses)})",
            f"frames: {self.frames} on {self.connections} connections (closed with {_counts(self.codes)})",
            f"requests while PostgreSQL was silent: {self.silent.total()} ({_counts(self.silent)})",
            f"clients that pinged and read nothing: {self.unread}",
            f"slowest answer: {self.slowest_answer:.2f} s, slowest frame: {self.slowest_frame:.2f} s, asked again: {self.late}",
            f"memory of the web process: grew by {self.growth / 2**20:.1f} MiB to {max(self.memory, default=0) / 2**20:.0f} MiB",
            f"took {self.seconds:.0f} s",
        ]
        return "\n".join([*lines, *(f"FOUND {finding}" for finding in self.findings)])


class Watch:
    """Looks at the web process now and then: whether it is the same one, and how large."""

    def __init__(self, pid: Callable[[], int], outcome: Outcome, *, prints_progress: bool = False) -> None:
        self._pid, self._outcome, self._prints_progress = pid, outcome, prints_progress
        self._process = psutil.Process(pid())

    def look(self) -> None:
        """Note its memory; what is not its own (shared pages) does not grow."""
        if self._pid() != self._process.pid:
            self._outcome.find(f"the web process {self._process.pid} ended")
            self._process = psutil.Process(self._pid())
            return
        self._outcome.memory.append(self._process.memory_full_info().uss)
        if self._prints_progress:
            print(f"  {self._outcome.requests} requests, {self._outcome.frames} frames so far", flush=True)


async def send_calls(calls: Calls, numbers: range, port: int, outcome: Outcome, watch: Watch) -> None:
    """Send the requests of these numbers over a few connections at once."""
    await _share(numbers, lambda line, number: _send_one(line, calls, number, outcome), port, watch)


async def send_frames(seed: int, count: int, port: int, host: str, outcome: Outcome, watch: Watch) -> None:
    """Open connections and send frames until there were `count`."""
    next_number = iter(range(count + LINES))

    async def keep_talking() -> None:
        while outcome.frames < count:
            number = next(next_number)
            _note_talk(await talk(seed, number, port, host), number, outcome)
            if number % 200 == 0:
                watch.look()

    await asyncio.gather(*(keep_talking() for _ in range(LINES)))


async def _share(numbers: range, send: Callable[[Line, int], Awaitable[None]], port: int, watch: Watch) -> None:
    waiting = iter(numbers)

    async def work() -> None:
        line = Line(port)
        for number in waiting:
            await send(line, number)
            if (number + 1) % 500 == 0:
                watch.look()
        await line.close()

    await asyncio.gather(*(work() for _ in range(LINES)))


async def _send_one(line: Line, calls: Calls, number: int, outcome: Outcome) -> None:
    call = calls.make(number)
    outcome.requests += 1
    try:
        reply = await line.send(call.method, call.data)
    except Cut as cut:
        outcome.statuses[0] += 1
        if call.is_plain:
            outcome.find(f"{_name(number, call)}: {cut}")
        return
    except TimeoutError:
        outcome.find(f"{_name(number, call)}: no answer")
        return
    outcome.statuses[reply.status] += 1
    if reply.seconds > outcome.longest_seconds or reply.status == BUSY:
        reply = await _ask_again(line, call, reply, outcome)
    outcome.slowest_answer = max(outcome.slowest_answer, reply.seconds)
    if wrong := what_is_wrong(call, reply, outcome.longest_seconds):
        outcome.find(f"{_name(number, call)}: {wrong}")


async def _ask_again(line: Line, call: Call, reply: Reply, outcome: Outcome) -> Reply:
    """The best of three answers: what is slow or refused each time is so by itself, and not by a busy machine."""
    outcome.late += 1
    again = [await line.send(call.method, call.data) for _ in range(2)]
    return min((reply, *again), key=lambda each: (each.status == BUSY, each.seconds))


def what_is_wrong(call: Call, reply: Reply, longest_seconds: float) -> str:
    """What is against the rules about an answer, or nothing."""
    if reply.status >= 500:
        return f"answered {reply.status}: {reply.body[:200]!r}"
    if reply.seconds > longest_seconds:
        return f"answered after {reply.seconds:.1f} s, each of three times"
    if not call.is_plain:
        return ""
    if reply.headers.get("x-content-type-options") != "nosniff" or "content-security-policy" not in reply.headers:
        return f"answered {reply.status} without the security headers"
    is_api_error = reply.status >= 400 and call.target.startswith("/api/") and call.method != "HEAD"
    return problem_wrong(reply) if is_api_error else ""


def problem_wrong(reply: Reply) -> str:
    """What an error of the API lacks as a problem document, or nothing."""
    if not reply.headers.get("content-type", "").startswith(PROBLEM):
        return f"answered {reply.status} as {reply.headers.get('content-type')}, which is not a problem document"
    try:
        document = json.loads(reply.body)
    except ValueError:
        return f"answered {reply.status} with invalid JSON"
    return "" if document.get("status") == reply.status and document.get("detail") else f"answered {reply.body[:200]!r}"


def judge_memory(outcome: Outcome) -> None:
    if outcome.growth > MOST_GROWTH:
        outcome.find(f"the web process grew by {outcome.growth / 2**20:.0f} MiB")


def _note_talk(done: Talk, number: int, outcome: Outcome) -> None:
    outcome.connections += 1
    outcome.frames += done.frames
    outcome.codes[done.code or 0] += 1
    outcome.slowest_frame = max(outcome.slowest_frame, done.slowest)
    if done.code == 1011 or done.finding:
        outcome.find(f"connection {number}: {done.finding or 'closed with 1011'}")
    elif done.slowest > outcome.longest_seconds:
        outcome.find(f"connection {number}: waited {done.slowest:.1f} s")


def _name(number: int, call: Call) -> str:
    return f"request {number} ({call.method} {call.target[:120]})"


def _counts(counter: Counter[int]) -> str:
    return ", ".join(f"{key}: {count}" for key, count in sorted(counter.items()))


def timed(outcome: Outcome, began: float) -> Outcome:
    outcome.seconds = time.monotonic() - began
    return outcome
