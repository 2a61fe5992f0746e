"""A process that ticks: `python -m tests.invoices.ticker` forks one for each line on its input.

It prints `tick PID`, and at the end `done` with how many invoices that tick issued, the name of the error it met, or
`killed`. A fork makes a killed tick cheap: nothing has to be imported again. Its process number stays taken until the
next line, so that a signal that comes too late reaches no other process.
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
    pid = 0
    for _ in sys.stdin:
        if pid:
            os.waitpid(pid, 0)
        result, outcome = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(outcome, _tick().encode())
            os._exit(0)
        os.close(outcome)
        print("tick", pid, flush=True)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        print("done", os.read(result, 100).decode() or "killed", flush=True)
        os.close(result)


def _tick() -> str:
    from django.db import DatabaseError

    from invoices.generation import producer

    try:
        return str(producer.tick())
    except DatabaseError as error:
        return type(error).__name__


if __name__ == "__main__":
    main()
