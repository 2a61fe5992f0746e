"""`python -m tests.streaming.stepper`: a pacer that shows the demo feed until its standard input ends."""

from __future__ import annotations

import os
import sys
import threading

import django

# How often a notification wakes it, as announcements do.
WOKEN_SECONDS = 0.02


def main() -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    django.setup()
    from django.db import DatabaseError, connection

    from streaming import pacer

    print("ready", flush=True)
    pause = threading.Event()
    next_row = None
    while True:
        try:
            step = pacer.step("demo", next_row)
        except DatabaseError:
            connection.close()
            step = pacer.Step(wait_seconds=WOKEN_SECONDS)
        next_row = step.next_row if step.wait_seconds < WOKEN_SECONDS else None
        pause.wait(min(step.wait_seconds, WOKEN_SECONDS))


def end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
