"""The live progress display of `generation_status --watch`: the run, the display and their rates."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn

REFRESH_SECONDS = 0.5
WINDOW_SECONDS = 5.0

Status = dict[str, Any]


def watch(read: Callable[[], Status], console: Console) -> Status:
    """Draw `read()` until the feed is idle or the user presses Ctrl-C; returns the last result."""
    status = read()
    with suppress(KeyboardInterrupt), Progress(*_columns(), console=console, auto_refresh=False) as bars:
        board = Board(bars, status)
        while status["state"] != "idle":
            time.sleep(REFRESH_SECONDS)
            status = read()
            board.draw(status, time.monotonic())
    return status


def describe(status: Status) -> str:
    """The status in one line."""
    run, display = status["run"], status["display"]
    issued = f"run {run['id']}: {run['issued_count']} of {run['target_count']} issued, " if run else ""
    return f"{status['state']}: {issued}{display['shown_count']} shown, backlog {display['backlog']}"


class Speed:
    """The growth of a count within the last `WINDOW_SECONDS`."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, now: float, count: int) -> float:
        """Add `count` at `now` (monotonic seconds); returns counts a second, 0 until it can be calculated."""
        self._seen.append((now, count))
        while now - self._seen[0][0] > WINDOW_SECONDS:
            self._seen.popleft()
        elapsed = now - self._seen[0][0]
        return max(0.0, (count - self._seen[0][1]) / elapsed) if elapsed else 0.0


class Board:
    """Two progress bars: issued of the run's target, and shown of the rows to show."""

    def __init__(self, bars: Progress, status: Status) -> None:
        self._bars = bars
        self._issuing = bars.add_task("", total=None, note="", visible=False)
        self._showing = bars.add_task("", total=None, note="")
        self._issued_speed, self._shown_speed = Speed(), Speed()
        self._passed_before = _passed(status)
        self.draw(status, time.monotonic())

    def draw(self, status: Status, now: float) -> None:
        """Draw `status`, read at `now` (monotonic seconds)."""
        run, display = status["run"], status["display"]
        if run:
            speed = self._issued_speed.add(now, run["issued_count"])
            self._put(
                self._issuing, status["state"], run["issued_count"], run["target_count"], f"issued, {speed:.1f}/s"
            )
        speed = self._shown_speed.add(now, display["shown_count"])
        note = f"shown, {speed:.1f}/s, backlog {display['backlog']}, drained in {display['drain_eta_seconds']} s"
        total = display["announced_count"] - self._passed_before
        self._put(self._showing, "display", _passed(status) - self._passed_before, total, note)
        self._bars.refresh()

    def _put(self, task: Any, name: str, done: int, total: int, note: str) -> None:
        self._bars.update(task, description=name, completed=done, total=total, note=note, visible=True)


def _passed(status: Status) -> int:
    return int(status["display"]["shown_count"] + status["display"]["skipped_count"])


def _columns() -> tuple[ProgressColumn, ...]:
    name, note = TextColumn("{task.description:>8}"), TextColumn("{task.fields[note]}")
    return name, BarColumn(), MofNCompleteColumn(), note
