"""Celery's settings. Ticks do not rely on the broker's guarantees: they compute from the database's clock."""

from django.conf import settings

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
