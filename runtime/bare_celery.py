"""Environment, settings and log of a Celery process without Django, which takes half the memory."""

from __future__ import annotations

import logging
import warnings
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from runtime import broker, environment
from runtime.absent import empty, lean_celery
from runtime.environment import BadSetting, Environment
from runtime.logs import SuppressRepeats

# Celery's transport uses the client with blocking calls only; the other one takes 1 MB.
with empty("redis.asyncio", "redis.asyncio.observability", "redis.asyncio.observability.recorder"):
    import runtime.lean_redis  # noqa: F401 - before Celery loads the client

with lean_celery():
    from celery import Celery  # noqa: F401 - the processes import it later
    from celery.platforms import SecurityWarning
    from celery.signals import setup_logging

QUIET_LOGGERS = ("kombu", "celery.worker.strategy", "celery.app.trace")


def read_environment() -> Environment:
    """Return the environment, which names a database; raises `BadSetting` without one."""
    env = environment.read()
    if env.database_url is None:
        raise BadSetting("No database: set DATABASE_URL.")
    return env


def settings(env: Environment) -> dict[str, Any]:
    """Return the broker settings that all Celery processes share."""
    url = env.redis_url or environment.DEFAULT_REDIS_URL
    return {
        "broker_url": broker.address(url),
        "broker_transport_options": broker.transport_options(url),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "timezone": "UTC",
    }


def log_to_console(env: Environment) -> None:
    """Log to the console in the format that Django's settings define for the other processes."""
    # Celery warns when root runs it, because pickled messages are dangerous. Our messages are JSON.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s %(message)s", "%H:%M:%S")
    fields = {"levelname": "level", "name": "logger"}
    json = JsonFormatter("%(levelname)s %(name)s %(message)s", rename_fields=fields, timestamp="at")
    handler.setFormatter(text if env.debug or env.open else json)
    handler.addFilter(SuppressRepeats())
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    setup_logging.connect(_keep_this_log)


def _keep_this_log(**_: Any) -> None:
    """Keep our log: Celery configures its own unless this signal has a receiver."""
