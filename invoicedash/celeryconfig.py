"""Celery's settings. The tick relies on none of the broker's promises: it computes from the database's clock."""

from django.conf import settings

from invoices.generation.due import TICK_SECONDS
from streaming import names


def broker_address(url: str) -> str:
    """`REDIS_URL` as kombu spells it: it knows no `unix://`."""
    if not url.startswith("unix://"):
        return url
    path, _, query = url.removeprefix("unix://").partition("?")
    return f"redis+socket://{path}?{query.replace('db=', 'virtual_host=')}" if query else f"redis+socket://{path}"


broker_url = broker_address(settings.REDIS_URL)
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_transport_options = {
    "global_keyprefix": names.CELERY_PREFIX,
    "socket_connect_timeout": 1,
    "socket_timeout": 3,
    "socket_keepalive": not settings.REDIS_URL.startswith("unix://"),
    "health_check_interval": 5,
    "visibility_timeout": 60,
    "retry_on_timeout": False,
}
task_publish_retry = False
task_ignore_result = True
task_default_queue = names.CELERY_QUEUES[0]
task_send_sent_event = False
worker_prefetch_multiplier = 1
worker_hijack_root_logger = False
worker_enable_remote_control = True
timezone = "UTC"
imports = ["invoices.tasks"]

SWEEP_SECONDS = 5.0

beat_scheduler = "invoicedash.beat:Scheduler"
beat_max_loop_interval = TICK_SECONDS
beat_schedule = {
    "tick": {"task": "invoices.tick", "schedule": TICK_SECONDS, "options": {"expires": 1.0}},
    "sweep": {"task": "invoices.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": 5.0}},
}
