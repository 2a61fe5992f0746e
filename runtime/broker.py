"""The broker settings of Celery: `REDIS_URL` in kombu's format, and the time-outs. Imports no framework."""

from __future__ import annotations

from typing import Any

PREFIX = "invoicedash:celery:"
JOBS_QUEUE = "jobs"
QUEUES = ("ticks", JOBS_QUEUE)
# No prefetch limit for a worker. With a limit, a message whose acknowledgement was not confirmed by Redis counts
# permanently, and the worker stops asking for messages.
NO_LIMIT = 0


def address(url: str) -> str:
    """`REDIS_URL` in kombu's format, which has no `unix://` scheme."""
    if not url.startswith("unix://"):
        return url
    path, _, query = url.removeprefix("unix://").partition("?")
    return f"redis+socket://{path}?{query.replace('db=', 'virtual_host=')}" if query else f"redis+socket://{path}"


def transport_options(url: str) -> dict[str, Any]:
    """The transport options of every Celery process for the broker at `REDIS_URL`. Times are in seconds."""
    return {
        "global_keyprefix": PREFIX,
        "socket_connect_timeout": 1,
        "socket_timeout": 3,
        "socket_keepalive": not url.startswith("unix://"),
        "health_check_interval": 5,
        "visibility_timeout": 60,
        "retry_on_timeout": False,
    }


def queue_key(queue: str) -> str:
    """The Redis list that holds the messages of a queue."""
    return f"{PREFIX}{queue}"
