"""Loops of the process `loops`: each has a thread and a watch of its own, so that one that fails or hangs stops no other.

A turn of a loop is short, may run twice, late or never, and returns whether there is more to do at once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.loops import Loop, watch

logger = logging.getLogger(__name__)

# After an error, so that an outage costs no processor time.
FAILED_SECONDS = 1.0
# A loop that has had more to do for so long starts helpers.
BUSY_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class LoopSpec:
    """A loop by name. `turn` returns whether to continue at once; else the next turn is after `every_seconds` at most.

    A loop that makes no turn in `within_seconds` is started again in another thread. `after_error` gives back what the
    thread holds, such as a broken database connection; so does `before_pause`, for a loop whose turns are so rare that
    it should hold nothing between them. One that is `woken_by` a name also has a turn after each notification of that
    name, at most every `quiet_seconds`. While there is always more to do, up to `most_helpers` more threads make turns: only
    for turns that may run at once.
    """

    name: str
    turn: Callable[[], bool]
    every_seconds: float
    within_seconds: float
    woken_by: str | None = None
    quiet_seconds: float = 0.0
    after_error: Callable[[], None] = lambda: None
    before_pause: Callable[[], None] = lambda: None
    most_helpers: int = 0


class BackgroundLoop:
    """A loop at work. `start` begins, `wake` asks for a turn now, `stop` ends it after the turn at hand."""

    def __init__(self, spec: LoopSpec) -> None:
        self.spec = spec
        self._woken = threading.Event()
        self._stopped = threading.Event()
        # The thread of an earlier start that hangs ends as soon as it finds that it was replaced.
        self._current: threading.Thread | None = None
        self._is_failing = False
        self._busy_since: float | None = None
        self._helpers: list[threading.Thread] = []

    def start(self) -> None:
        """Begin, or begin again in a new thread."""
        thread = threading.Thread(target=self._run, name=self.spec.name, daemon=True)
        self._current = thread
        thread.start()

    def wake(self) -> None:
        """Have a turn now."""
        self._woken.set()

    def stop(self) -> None:
        """End after the turn at hand."""
        self._stopped.set()
        self._woken.set()

    def join(self, seconds: float) -> None:
        """Wait until the threads have ended, for up to `seconds` each."""
        for thread in filter(None, (self._current, *self._helpers)):
            thread.join(seconds)

    def _run(self) -> None:
        watched = watch(self.spec.name, within_seconds=self.spec.within_seconds, restart=self.start)
        with watched:
            while self._is_current():
                self._wait(self._turn(watched))

    def _is_current(self) -> bool:
        return self._current is threading.current_thread() and not self._stopped.is_set()

    def _turn(self, watched: Loop) -> float:
        """One turn; returns the seconds until the next."""
        self._woken.clear()
        try:
            is_more = self.spec.turn()
            if not is_more:
                self.spec.before_pause()
        except Exception:
            self._note_failure()
            return FAILED_SECONDS
        finally:
            watched.progress()
        self._is_failing = False
        self._note_work(is_more)
        return 0.0 if is_more else self.spec.every_seconds

    def _note_work(self, is_more: bool) -> None:
        """Start the next helper where there has been more to do all the time."""
        now = time.monotonic()
        self._busy_since = (self._busy_since or now) if is_more else None
        if self._busy_since is None or now - self._busy_since < BUSY_SECONDS:
            return
        self._helpers = [helper for helper in self._helpers if helper.is_alive()]
        if len(self._helpers) < self.spec.most_helpers:
            self._helpers.append(threading.Thread(target=self._help, name=f"{self.spec.name}-helper", daemon=True))
            self._helpers[-1].start()

    def _help(self) -> None:
        """Make turns until there is no more to do."""
        try:
            while not self._stopped.is_set() and self.spec.turn():
                continue
        except Exception:
            logger.exception("A helper of the loop %s failed; the loop goes on", self.spec.name)
        finally:
            self.spec.after_error()

    def _note_failure(self) -> None:
        """Log the first of several failures in a row."""
        if not self._is_failing:
            logger.exception("A turn of the loop %s failed; the loop goes on", self.spec.name)
        self._is_failing = True
        self.spec.after_error()

    def _wait(self, seconds: float) -> None:
        if seconds and self._is_current():
            self._stopped.wait(min(seconds, self.spec.quiet_seconds))
            self._woken.wait(max(0.0, seconds - self.spec.quiet_seconds))
