"""Celery's settings. The tick relies on none of the broker's promises: it computes from the database's clock."""

from django.conf import settings

from invoices.generation.due import TICK_SECONDS
from runtime import broker

broker_url = broker.address(settings.REDIS_URL)
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_transport_options = broker.transport_options(settings.REDIS_URL)
task_publish_retry = False
task_ignore_result = True
task_default_queue = broker.QUEUES[0]
task_send_sent_event = False
worker_prefetch_multiplier = broker.NO_LIMIT
worker_hijack_root_logger = False
worker_enable_remote_control = True
timezone = "UTC"
imports = ["invoices.tasks", "replays.tasks"]

SWEEP_SECONDS = 5.0
JOBS_SECONDS = 0.5

beat_scheduler = "invoicedash.beat:Scheduler"
beat_max_loop_interval = TICK_SECONDS
beat_schedule = {
    "tick": {"task": "invoices.tick", "schedule": TICK_SECONDS, "options": {"expires": 1.0}},
    "sweep": {"task": "invoices.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": 5.0}},
    "replay-tick": {"task": "replays.tick", "schedule": TICK_SECONDS, "options": {"expires": 1.0}},
    "replay-sweep": {"task": "replays.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": 5.0}},
    "jobs": {"task": "jobs.work", "schedule": JOBS_SECONDS, "options": {"expires": 2.0, "queue": broker.JOBS_QUEUE}},
}
