"""A process that ticks: `python -m tests.invoices.ticker` forks one for each line on its input.

The fork prints its pid, ticks, and prints how many invoices it issued or the name of what it raised; when it was
killed before, its parent prints `killed`. Forking makes a killed tick cheap: nothing has to be imported again.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    import django

    django.setup()
    from invoices.generation import companies

    companies.pools()
    print("ready", flush=True)
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _tick()
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            print("killed", flush=True)


def _tick() -> None:
    from django.db import DatabaseError

    from invoices.generation import producer

    print(os.getpid(), flush=True)
    try:
        outcome = str(producer.tick())
    except DatabaseError as error:
        outcome = type(error).__name__
    print(outcome, flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
