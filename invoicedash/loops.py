"""The process `loops`: runs the loops of all sections, each in a thread, until a signal ends it.

It loads Django with the apps that loops need and nothing of pages, so that it stays small.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence

import django
from django.utils.module_loading import import_string

from dashboard.sections import SECTIONS
from runtime import waking
from runtime.background_loops import BackgroundLoop, LoopSpec
from runtime.notifications import Listener
from streaming.names import NOTIFICATION_CHANNEL, TOTALS_CHANGED

STOP_SECONDS = 5.0
LISTEN_SECONDS = 60.0


def main() -> int:
    """Run until SIGTERM or SIGINT; turns at hand end first. Returns the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoicedash.settings")
    # Before Django loads the apps.
    import runtime.lean_django  # noqa: F401

    django.setup()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    run(read_specs(), until=stopped)
    return 0


def read_specs() -> list[LoopSpec]:
    """The loops of all sections, and of the consumers of events."""
    consumer_loops = import_string("events.loops.consumer_loops")
    own = [import_string(name) for section in SECTIONS for name in section.loops]
    return [*own, *consumer_loops()]


def run(specs: Sequence[LoopSpec], *, until: threading.Event) -> None:
    """Run the loops, and wake them by notifications, until `until` is set."""
    loops = [BackgroundLoop(spec) for spec in specs]
    listening = [BackgroundLoop(spec) for spec in _listening(loops)]
    for loop in (*loops, *listening):
        loop.start()
    until.wait()
    for loop in (*loops, *listening):
        loop.stop()
    for loop in loops:
        loop.join(STOP_SECONDS)


def _listening(loops: Sequence[BackgroundLoop]) -> Iterator[LoopSpec]:
    """The loops that wait for notifications: of issued documents, and of what is named in `runtime.waking`."""

    def wake(name: str) -> None:
        for loop in loops:
            if loop.spec.woken_by == name:
                loop.wake()

    def totals_changed(message: bytes) -> None:
        if TOTALS_CHANGED.encode() in message:
            wake(TOTALS_CHANGED)

    yield _listen("notifications", Listener(NOTIFICATION_CHANNEL, totals_changed))
    yield _listen("waking", Listener(waking.CHANNEL, lambda name: wake(name.decode())))


def _listen(name: str, listener: Listener) -> LoopSpec:
    return LoopSpec(
        name=name,
        turn=listener.turn,
        every_seconds=1.0,
        within_seconds=LISTEN_SECONDS,
        after_error=listener.close,
    )


if __name__ == "__main__":
    sys.exit(main())
