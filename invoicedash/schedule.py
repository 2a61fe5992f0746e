"""The schedule of beat, and the queries that decide whether a message is needed. Imports no framework."""

from __future__ import annotations

import invoices.needed
import jobs.needed
import replays.needed
from invoices.generation.due import TICK_SECONDS
from runtime import broker

# A sweep is a fifth of the load of an idle product, and no user waits for its results.
SWEEP_SECONDS = 10.0
# At every third tick, so that beat wakes once for both.
JOBS_SECONDS = 3 * TICK_SECONDS

ENTRIES = {
    "tick": {"task": "invoices.tick", "schedule": TICK_SECONDS, "options": {"expires": 1.0}},
    "sweep": {"task": "invoices.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
    "replay-tick": {"task": "replays.tick", "schedule": TICK_SECONDS, "options": {"expires": 1.0}},
    "replay-sweep": {"task": "replays.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
    "jobs": {"task": "jobs.work", "schedule": JOBS_SECONDS, "options": {"expires": 2.0, "queue": broker.JOBS_QUEUE}},
}
# By task: a SELECT of the argument of each message that is needed now. A task without an entry is always sent.
NEEDED = {
    "invoices.tick": invoices.needed.TICKS,
    "replays.tick": replays.needed.TICKS,
    "jobs.work": jobs.needed.QUEUES,
}
