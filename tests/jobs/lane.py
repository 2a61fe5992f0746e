"""`manage.py run_jobs LANE` that also knows the tests' kinds: `python -m tests.jobs.lane LANE`."""

from __future__ import annotations

import sys

import django

if __name__ == "__main__":
    django.setup()

    from django.core.management import call_command

    from tests.jobs import kinds

    kinds.register()
    call_command("run_jobs", sys.argv[1])
