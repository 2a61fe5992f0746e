"""Measures how long the product took to work again, from the history; printed at the end of the runs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tests.system.chaos.history import Event, History, wall_of
from tests.system.chaos.screens import Screen
from tests.system.chaos.truth import Run, Truth

# A row is live when it is on screen this soon after its moment.
LIVE_SECONDS = 0.25
SETTLED_SECONDS = 3.0

# What is measured: its goal in seconds, 99th percentile.
GOALS = {
    "Redis back to live rows": 2.0,
    "PostgreSQL back to issuing": 3.0,
    "kill -9 worker to the next invoice": 5.0,
    "kill -9 beat to the next invoice": 5.0,
    "kill -9 pacer to the next row": 5.0,
    "kill -9 web to hello": 5.0,
    "deaf socket to hello": 6.0,
    "STOP with a frozen tick": 3.0,
    "answer while Redis is silent": 1.0,
    "answer while PostgreSQL is silent": 3.0,
    "1,000 screens cut to all current": 10.0,
}
# Behind a recovery that was measured while the machine was busy.
AT_LOAD = ", at load"
SILENCES = {"redis-freeze": "answer while Redis is silent", "postgres-freeze": "answer while PostgreSQL is silent"}
ACTS = ("start", "stop", "reset", "purge", "skip", "pace")


@dataclass(frozen=True, kw_only=True)
class Recovery:
    what: str
    seconds: float


def measure(history: History, truth: Truth, screens: Iterable[Screen], *, at_load: bool = False) -> list[Recovery]:
    """The recoveries of this schedule, `at_load` or at rest. A fault that another one follows closely gives none."""
    found = _measure(history, truth, screens)
    return [replace(each, what=each.what + AT_LOAD) for each in found] if at_load else found


def _measure(history: History, truth: Truth, screens: Iterable[Screen]) -> list[Recovery]:
    found: list[Recovery] = []
    strikes = list(history.of("struck"))
    seen = list(screens)
    for event in history.of("struck", "redis-back", "postgres-back", "tick-frozen"):
        if any(0 < other.wall - event.wall < SETTLED_SECONDS for other in strikes):
            continue
        found += _of(event, history, truth, seen)
    found += [
        Recovery(what="1,000 screens cut to all current", seconds=event.data["seconds"])
        for event in history.of("back")
        if event.data["count"] >= 1000
    ]
    found += [Recovery(what=event.data["recovery"], seconds=event.data["seconds"]) for event in history.of("recovered")]
    return found


def _of(event: Event, history: History, truth: Truth, screens: list[Screen]) -> Iterator[Recovery]:
    fault, target = event.data.get("fault"), event.data.get("target")
    if event.what == "redis-back":
        yield from _first("Redis back to live rows", event.wall, _live_rows(event.wall, truth, screens))
    elif event.what == "postgres-back":
        yield from _next_invoice("PostgreSQL back to issuing", event.wall, truth)
    elif event.what == "tick-frozen" and event.data["status"] == 200:
        yield Recovery(what="STOP with a frozen tick", seconds=event.data["stop_seconds"])
    elif fault == "kill" and target in ("worker", "beat"):
        yield from _next_invoice(f"kill -9 {target} to the next invoice", event.wall, truth)
    elif fault == "kill" and target == "pacer":
        yield from _next_row(event.wall, truth)
    elif fault == "kill" and target == "web":
        yield from _first("kill -9 web to hello", event.wall, _hellos(event.wall, screens))
    elif fault == "wire-deaf":
        wired = [screen for screen in screens if screen.name.startswith("wired")]
        yield from _first("deaf socket to hello", event.wall, _hellos(event.wall, wired))
    elif event.what == "struck" and fault in SILENCES:
        yield from _answers(event, history)


def _answers(silence: Event, history: History) -> Iterator[Recovery]:
    """How long each call took that was made during a silence."""
    fault = silence.data["fault"]
    ends = (event.wall for event in history.of("healed") if event.data["fault"] == fault and event.wall > silence.wall)
    end = next(ends, math.inf)
    for act in history.of(*ACTS):
        if silence.wall <= act.data.get("began", 0.0) < end:
            yield Recovery(what=SILENCES[fault], seconds=act.data["ended"] - act.data["began"])


def _next_invoice(what: str, wall: float, truth: Truth) -> Iterator[Recovery]:
    """Until the next commit of invoices, where a run was due to go on."""
    if any(_is_under_way(run, wall) for run in truth.runs):
        yield from _first(what, wall, (wall_of(entry.at) for entry in truth.entries))


def _is_under_way(run: Run, wall: float) -> bool:
    started, ended = wall_of(run.started_at), math.inf if run.stopped_at is None else wall_of(run.stopped_at)
    return started < wall - 0.3 and ended > wall


def _next_row(wall: float, truth: Truth) -> Iterator[Recovery]:
    """Until the next row, where rows were queued."""
    announced = max((entry.first + entry.count - 1 for entry in truth.entries if wall_of(entry.at) < wall), default=0)
    coming = [row for row in truth.shown if wall_of(row.at) > wall]
    if coming and coming[0].position <= announced:
        yield from _first("kill -9 pacer to the next row", wall, (wall_of(row.at) for row in coming))


def _live_rows(wall: float, truth: Truth, screens: list[Screen]) -> Iterator[float]:
    """When rows shown after `wall` came to a screen within `LIVE_SECONDS`."""
    moments = {row.seq: wall_of(row.at) for row in truth.shown if wall_of(row.at) > wall}
    for screen in screens:
        for frame in screen.frames:
            moment = moments.get(frame.body.get("seq", -1))
            if frame.body["type"] == "invoice" and moment is not None and frame.wall - moment < LIVE_SECONDS:
                yield frame.wall


def _hellos(wall: float, screens: list[Screen]) -> Iterator[float]:
    for screen in screens:
        yield from (frame.wall for frame in screen.frames if frame.body["type"] == "hello" and frame.wall > wall)


def _first(what: str, wall: float, moments: Iterable[float]) -> Iterator[Recovery]:
    after = [moment - wall for moment in moments if moment > wall]
    if after:
        yield Recovery(what=what, seconds=min(after))


def table(recoveries: list[Recovery]) -> str:
    """Per recovery: how often it was measured, median, 99th percentile, worst, and the goal where there is one."""
    if not recoveries:
        return ""
    measured: dict[str, list[float]] = {what: [] for what in GOALS}
    for each in recoveries:
        measured.setdefault(each.what, []).append(each.seconds)
    head = f"{'recovery':<52} {'n':>5} {'median':>8} {'p99':>8} {'worst':>8} {'goal':>6}"
    return "\n".join([head, *(_row(what, sorted(seconds)) for what, seconds in measured.items() if seconds)])


def _row(what: str, ascending: list[float]) -> str:
    """One line of the table; what is only reported has no goal."""
    p99, goal = percentile(ascending, 0.99), GOALS.get(what.removesuffix(AT_LOAD))
    verdict = f"{'-':>6}" if goal is None else f"{goal:>6.1f}{'  over' if p99 > goal else ''}"
    median = percentile(ascending, 0.5)
    return f"{what:<52} {len(ascending):>5} {median:>8.2f} {p99:>8.2f} {ascending[-1]:>8.2f} {verdict}"


def percentile(ascending: list[float], share: float) -> float:
    """The smallest value that `share` of the values do not exceed."""
    return ascending[max(0, math.ceil(share * len(ascending)) - 1)]
