"""The `worker` process: a Celery worker for ticks and sweeps, without Celery's command line, which takes 12 MB."""

from __future__ import annotations

import sys

from invoicedash.celery import app
from runtime.absent import lean_celery


def main() -> int:
    """Run the worker until a signal ends it; returns its exit code."""
    # Before Celery's worker, which loads Django.
    import runtime.lean_django  # noqa: F401

    with lean_celery():
        worker = app.Worker(
            pool="solo", loglevel="INFO", without_gossip=True, without_mingle=True, heartbeat_interval=10,
            task_events=True, quiet=True,
        )  # fmt: skip
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main())
