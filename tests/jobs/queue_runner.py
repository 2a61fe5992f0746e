"""`manage.py run_jobs QUEUE` with the tests' kinds of jobs: `python -m tests.jobs.queue_runner QUEUE [LONGEST_STEP [FD]]`."""

from __future__ import annotations

import sys

import django

if __name__ == "__main__":
    django.setup()

    from django.core.management import call_command

    from jobs import heartbeat
    from tests.jobs import kinds

    kinds.register()
    if len(sys.argv) > 2:
        heartbeat.LONGEST_STEP_SECONDS = float(sys.argv[2])
    call_command("run_jobs", sys.argv[1], beat_to=int(sys.argv[3]) if len(sys.argv) > 3 else None)
