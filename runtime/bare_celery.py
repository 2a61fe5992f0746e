"""A Celery process without Django: its environment, its settings and its log. It takes half the memory."""

from __future__ import annotations

import logging
import warnings
from typing import Any

from celery.platforms import SecurityWarning
from celery.signals import setup_logging
from pythonjsonlogger.json import JsonFormatter

from runtime import broker, environment
from runtime.environment import BadSetting, Environment
from runtime.logs import DampRepeats

QUIET_LOGGERS = ("kombu", "celery.worker.strategy", "celery.app.trace")


def read_environment() -> Environment:
    """The environment with a database in it; raises `BadSetting`."""
    env = environment.read()
    if env.database_url is None:
        raise BadSetting("No database: set DATABASE_URL.")
    return env


def settings(env: Environment) -> dict[str, Any]:
    """What every Celery process asks of the broker."""
    url = env.redis_url or environment.DEFAULT_REDIS_URL
    return {
        "broker_url": broker.address(url),
        "broker_transport_options": broker.transport_options(url),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "timezone": "UTC",
    }


def log_to_console(env: Environment) -> None:
    """Log as Django's settings do it for the other processes."""
    # Celery warns root for fear of pickled messages; ours are JSON.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s %(message)s", "%H:%M:%S")
    fields = {"levelname": "level", "name": "logger"}
    json = JsonFormatter("%(levelname)s %(name)s %(message)s", rename_fields=fields, timestamp="at")
    handler.setFormatter(text if env.debug or env.open else json)
    handler.addFilter(DampRepeats())
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    setup_logging.connect(_keep_this_log)


def _keep_this_log(**_: Any) -> None:
    """Celery sets up a log of its own unless somebody else does."""
