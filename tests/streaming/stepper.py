"""`python -m tests.streaming.stepper`: a pacer that shows the demo feed until its standard input ends."""

from __future__ import annotations

import os
import sys
import threading

import django


def main() -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    django.setup()
    from django.db import DatabaseError, connection

    from streaming import pacer

    print("ready", flush=True)
    pause = threading.Event()
    while True:
        try:
            pause.wait(min(pacer.step("demo").wait_seconds, 0.02))
        except DatabaseError:
            connection.close()
            pause.wait(0.05)


def end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
