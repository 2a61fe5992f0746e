"""The Celery application as Flower sees it: where the broker is, and nothing of the product, which would cost it 25 MB."""

from __future__ import annotations

import os

from celery import Celery

from runtime import broker, environment, pulse

NAME = "flower"

# Celery's own fix-up for Django would load it here.
app = Celery("invoicedash", fixups=())
_env = environment.read()
_url = _env.redis_url or environment.DEFAULT_REDIS_URL
app.conf.update(
    broker_url=broker.address(_url),
    broker_transport_options=broker.transport_options(_url),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    timezone="UTC",
)
if os.environ.get("INVOICEDASH_PROCESS") == NAME and _env.database_url:
    pulse.start(NAME, _env.database_url)
