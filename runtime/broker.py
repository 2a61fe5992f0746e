"""Where Celery's messages go: `REDIS_URL` in kombu's words, and how long to wait for it. Imports no framework."""

from __future__ import annotations

from typing import Any

PREFIX = "invoicedash:celery:"
JOBS_QUEUE = "jobs"
QUEUES = ("ticks", JOBS_QUEUE)
# How many messages a worker may hold (its prefetch multiplier): any number. With a limit, a message whose acknowledgement
# Redis did not answer counts for ever, and its worker asks for no other.
NO_LIMIT = 0


def address(url: str) -> str:
    """`REDIS_URL` as kombu spells it: it knows no `unix://`."""
    if not url.startswith("unix://"):
        return url
    path, _, query = url.removeprefix("unix://").partition("?")
    return f"redis+socket://{path}?{query.replace('db=', 'virtual_host=')}" if query else f"redis+socket://{path}"


def transport_options(url: str) -> dict[str, Any]:
    """What every process of ours asks of the broker at `REDIS_URL`. Seconds."""
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
    """The Redis list in which the broker keeps the messages of a queue."""
    return f"{PREFIX}{queue}"
