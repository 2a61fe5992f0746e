"""What beat sends when, and what it asks PostgreSQL first. Imports no framework."""

from __future__ import annotations

import invoices.needed
import jobs.needed
import replays.needed
from invoices.generation.due import TICK_SECONDS
from streaming import names

SWEEP_SECONDS = 5.0
JOBS_SECONDS = 0.5

ENTRIES = {
    "tick": {"task": "invoices.tick", "schedule": TICK_SECONDS, "options": {"expires": 1.0}},
    "sweep": {"task": "invoices.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": 5.0}},
    "replay-tick": {"task": "replays.tick", "schedule": TICK_SECONDS, "options": {"expires": 1.0}},
    "replay-sweep": {"task": "replays.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": 5.0}},
    "jobs": {"task": "jobs.work", "schedule": JOBS_SECONDS, "options": {"expires": 2.0, "queue": names.JOBS_QUEUE}},
}
# By task: a SELECT of the argument of each message that is needed now. A task that is not here is always sent.
NEEDED = {
    "invoices.tick": invoices.needed.TICKS,
    "replays.tick": replays.needed.TICKS,
    "jobs.work": jobs.needed.LANES,
}
