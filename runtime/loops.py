"""Watches the background loops of this process: a stopped loop is reported, and restarted or its process ended.

Each loop reports every turn. A loop that ends with an exception, or does not report in time, raises `loop-stopped`.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from runtime.conditions import LOOP_STOPPED, clear_condition, raise_condition

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.5
# After a suspended or starved process resumes, all its loops look late. A gap counts as at most this many seconds.
LONGEST_TURN_SECONDS = 1.0
EXIT_CODE = 1
_ORDERLY = (asyncio.CancelledError, GeneratorExit, SystemExit, KeyboardInterrupt)


class Loop:
    """One watched loop. As a context manager it closes the watch at the end, unless an exception ended the loop."""

    def __init__(self, name: str, within_seconds: float, restart: Callable[[], None] | None) -> None:
        self.name = name
        self.within_seconds = within_seconds
        self.restart = restart
        self.error: BaseException | None = None
        self.progress_at = time.monotonic()

    def progress(self) -> None:
        """Report a turn; safe to call from any thread."""
        self.progress_at = time.monotonic()

    def fail(self, error: BaseException) -> None:
        """Report that `error` ended the loop; the watcher reacts at once."""
        self.error = error

    def close(self) -> None:
        """End the watch because the loop ends as intended."""
        _registry.remove(self)

    def __enter__(self) -> Loop:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is None or isinstance(error, _ORDERLY):
            self.close()
        else:
            self.fail(error)


@dataclass(frozen=True, kw_only=True)
class LoopState:
    """The state of one loop in a heartbeat."""

    name: str
    age_seconds: float
    within_seconds: float

    def as_json(self) -> dict[str, str | float | None]:
        """The state as JSON; a loop that may wait without limit has no period."""
        within = None if math.isinf(self.within_seconds) else self.within_seconds
        return {"name": self.name, "age_seconds": round(self.age_seconds, 1), "within_seconds": within}


def watch(name: str, *, within_seconds: float, restart: Callable[[], None] | None = None) -> Loop:
    """Watch a loop that reports a turn at least every `within_seconds`; it replaces a loop of the same name.

    The watcher's thread calls `restart`. Without `restart`, a process with a name (`INVOICEDASH_PROCESS`) ends with
    exit code 1 after a second period, and its supervisor starts it again; a command continues. A loop that waits for
    events has no period (`math.inf`): the watcher detects only that an exception ended it.
    """
    loop = Loop(name, within_seconds, restart)
    _registry.add(loop)
    return loop


def read_loops() -> list[LoopState]:
    """The loops of this process, by name."""
    now = time.monotonic()
    return [
        LoopState(name=loop.name, age_seconds=max(0.0, now - loop.progress_at), within_seconds=loop.within_seconds)
        for loop in sorted(_registry.loops(), key=lambda loop: loop.name)
    ]


COMMAND = "command"
_own_name: str | None = None


def name_process(name: str) -> None:
    """Name a process that has no supervisor: it is never ended because of a loop."""
    global _own_name
    _own_name = name


def process_name() -> str:
    """The name of this process, set by `name_process` or by its supervisor; `command` without one."""
    return _own_name or os.environ.get("INVOICEDASH_PROCESS") or COMMAND


class _Watched:
    """The watcher's record of a loop, on the watcher's clock."""

    def __init__(self, loop: Loop, now: float) -> None:
        self.loop = loop
        self.seen = loop.progress_at
        self.since = now
        self.is_reported = False
        self.subject = f"{process_name()}/{loop.name}"

    def look(self, now: float) -> None:
        if self.loop.error is None and self.loop.progress_at != self.seen:
            self._note_progress(now)
        elif not self.is_reported and (self.loop.error or now - self.since > self.loop.within_seconds):
            self._report(now)
        elif self.is_reported and now - self.since > self.loop.within_seconds:
            self._end_or_restart(now)

    def _note_progress(self, now: float) -> None:
        self.seen, self.since = self.loop.progress_at, now
        # Also after a restart, when this loop is not the reported one.
        clear_condition(LOOP_STOPPED, self.subject)
        if self.is_reported:
            self.is_reported = False
            logger.warning("The loop %s runs again", self.loop.name)

    def _report(self, now: float) -> None:
        self.is_reported, self.since = True, now
        raise_condition(LOOP_STOPPED, self.subject, self._sentence())
        logger.error(self._sentence(), exc_info=self.loop.error)
        if self.loop.restart is not None:
            self._end_or_restart(now)

    def _sentence(self) -> str:
        name, error = self.loop.name, self.loop.error
        what = f"ended with {type(error).__name__}" if error else f"made no turn in {self.loop.within_seconds:g} s"
        remedy = "is started again" if self.loop.restart else "is started again with its process"
        return f"The loop {name} of {process_name()} {what}; it {remedy}."

    def _end_or_restart(self, now: float) -> None:
        self.since = now
        if self.loop.restart is None:
            end_process(self.loop.name)
            return
        self.loop.error = None
        try:
            self.loop.restart()
        except Exception:
            logger.exception("The loop %s could not be started again", self.loop.name)


def end_process(name: str) -> None:
    """End this process because of the loop `name`, if it has a supervisor that restarts it.

    Only `_exit` ends the process from a thread whatever the other threads do.
    """
    if _own_name or process_name() == COMMAND:
        return
    logger.critical("The loop %s stays stopped; the process ends with exit code %d", name, EXIT_CODE)
    logging.shutdown()
    os._exit(EXIT_CODE)


class _Registry:
    """The watched loops by name, and the thread that checks them while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[str, _Watched] = {}
        self._now = 0.0
        self._thread: threading.Thread | None = None

    def add(self, loop: Loop) -> None:
        with self._lock:
            self._watched[loop.name] = _Watched(loop, self._now)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch_loops, name="loops", daemon=True)
                self._thread.start()

    def remove(self, loop: Loop) -> None:
        with self._lock:
            watched = self._watched.get(loop.name)
            if watched is None or watched.loop is not loop:
                return
            del self._watched[loop.name]
        clear_condition(LOOP_STOPPED, watched.subject)

    def loops(self) -> list[Loop]:
        with self._lock:
            return [watched.loop for watched in self._watched.values()]

    def _watch_loops(self) -> None:
        looked_at = time.monotonic()
        while True:
            time.sleep(TURN_SECONDS)
            started_at = time.monotonic()
            with self._lock:
                self._now += min(LONGEST_TURN_SECONDS, started_at - looked_at)
                watched = list(self._watched.values())
            looked_at = started_at
            for each in watched:
                self._look(each)

    def _look(self, watched: _Watched) -> None:
        try:
            watched.look(self._now)
        except Exception:
            logger.exception("The watch over the loop %s failed", watched.loop.name)
        if watched.loop.name not in self._watched:
            # The loop was closed meanwhile.
            clear_condition(LOOP_STOPPED, watched.subject)


_registry = _Registry()
# After a fork, the child has none of its parent's threads.
os.register_at_fork(after_in_child=lambda: _registry.__init__())  # type: ignore[misc]
